"""Architectures whose cache a config tells: only for these are layer groups derived, for others they stay unknown."""

from __future__ import annotations

from catalog_db.importers import decoders, written_out
from catalog_db.importers.layers import ENCODERS, Config, text_config

# Plain attention in every layer, or the windows that `layers.uniform` knows (transformers 5.24.0, modeling_*.py).
UNIFORM = frozenset((
    "apertus", "arcee", "baichuan", "bitnet", "bloom", "chatglm", "codegen", "cohere", "cohere2", "dbrx",
    "dots1", "ernie4_5", "ernie4_5_moe", "exaone", "exaone4", "falcon", "gemma3", "glm", "gpt2", "gpt_bigcode",
    "gpt_neox", "gptj", "granitemoeshared", "helium", "hunyuan_v1_dense", "hunyuan_v1_moe", "internlm",
    "internlm2", "internlm3", "minicpm", "minimax_m2", "mpt", "nemotron", "olmo", "olmo3", "opt", "persimmon",
    "phi", "phimoe", "qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text", "qwen3_vl_text",
    "qwen3_vl_moe_text", "stablelm", "xglm", "yi",
))  # fmt: skip


# Families that `layers.RULES` names, or tells by keys of their own.
RULED = frozenset((
    "bamba", "deci", "deepseek_v32", "deepseek_v4", "falcon_h1", "falcon_mamba", "gemma3n", "gemma3n_text",
    "gemma4", "gemma4_text", "gemma4_unified_text", "glm4_moe_lite", "glm_moe_dsa", "granitemoehybrid", "jamba",
    "kimi_linear", "lfm2", "lfm2_moe", "llama4", "llama4_text", "mamba", "mamba2", "mimo_v2", "mimo_v2_flash",
    "minicpm3", "minimax", "minimax_m3", "minimax_m3_vl_text", "minimax_text_01", "mllama", "mllama_text_model",
    "nemotron-nas", "nemotron_h", "qwen3_5", "qwen3_5_moe", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_next",
    "zamba2",
))  # fmt: skip


def is_known(config: Config) -> bool:
    """Whether the rules of `layers` were read for this architecture."""
    text = text_config(config)
    name = str(text.get("model_type"))
    return name in UNIFORM | RULED | ENCODERS or written_out.knows(text) or decoders.knows(text)
