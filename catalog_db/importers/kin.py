"""Families whose layers are another family's: their config in the other's words, so that transformers can build it.

A maker's own modeling file is named beside each; where it fuses matrices (queries, keys and values in one), the
parameters are the same, and they are listed apart. `architectures` is kept: it says what the config named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Config = Mapping[str, Any]
Words = dict[str, Any]


def renamed(config: Config, names: Mapping[str, str]) -> Words:
    """The config with these keys under other names."""
    return {names.get(key, key): value for key, value in config.items() if value is not None}


def llama(config: Config) -> Words:
    """Yi, Baichuan, XVERSE, InternLM, MiniCPM: Llama's layers; InternLM's first generation has biases (`bias`)."""
    return {"attention_bias": bool(config.get("bias")), **config, "model_type": "llama"}


def glm(config: Config) -> Words:
    """ChatGLM2, ChatGLM3 and GLM-4 in the maker's words (modeling_chatglm.py); transformers' GLM is the same model."""
    names = {
        "num_layers": "num_hidden_layers", "ffn_hidden_size": "intermediate_size", "kv_channels": "head_dim",
        "padded_vocab_size": "vocab_size", "multi_query_group_num": "num_key_value_heads",
        "add_qkv_bias": "attention_bias", "seq_length": "max_position_embeddings",
    }  # fmt: skip
    ignored = ("vocab_size",) if "padded_vocab_size" in config else ()
    kept = {key: value for key, value in config.items() if key not in ignored}
    return {**renamed(kept, names), "model_type": "glm"}


def qwen(config: Config) -> Words:
    """Qwen's first generation (modeling_qwen.py): Qwen2 with the two halves of the MLP counted as one width."""
    half, heads = int(config["intermediate_size"]) // 2, config["num_attention_heads"]
    own = {"model_type": "qwen2", "intermediate_size": half, "num_key_value_heads": heads, "use_sliding_window": False}
    return {**config, **own}


def hunyuan(config: Config) -> Words:
    """Hunyuan (modeling_hunyuan.py): what its config lists layer by layer is the same in every layer."""
    flat = {key: same(value) if key in BY_LAYER else value for key, value in config.items()}
    flat["head_dim"] = config.get("head_dim") or config.get("attention_head_dim")
    return {**flat, "model_type": "hunyuan_v1_moe"}


BY_LAYER = ("moe_topk", "moe_intermediate_size", "num_shared_expert")


def same(value: Any) -> Any:
    """The one value of a list; a list whose values differ stays as it is."""
    return value[0] if isinstance(value, list) and len(set(value)) == 1 else value


KIN: dict[str, tuple[str, Callable[[Config], Words]]] = {
    "BaiChuanForCausalLM": ("LlamaForCausalLM", llama),
    "BaichuanForCausalLM": ("LlamaForCausalLM", llama),
    "ChatGLMForConditionalGeneration": ("GlmForCausalLM", glm),
    "ChatGLMModel": ("GlmForCausalLM", glm),
    "HunYuanMoEV1ForCausalLM": ("HunYuanMoEV1ForCausalLM", hunyuan),
    "InternLM2ForCausalLM": ("LlamaForCausalLM", llama),
    "InternLMForCausalLM": ("LlamaForCausalLM", llama),
    "MiniCPMForCausalLM": ("LlamaForCausalLM", llama),
    "QWenLMHeadModel": ("Qwen2ForCausalLM", qwen),
    "SkyworkForCausalLM": ("LlamaForCausalLM", llama),
    "XverseForCausalLM": ("LlamaForCausalLM", llama),
    "YiForCausalLM": ("LlamaForCausalLM", llama),
}


def named(config: Config) -> str:
    """The class that `architectures` names."""
    return str((config.get("architectures") or [""])[0])


def class_name(config: Config) -> str:
    """The class of transformers that builds this model: its own, or its kin's."""
    return KIN[named(config)][0] if named(config) in KIN else named(config)


def translated(config: Config) -> Words:
    """The config in the words of the family that builds it; unchanged for most."""
    return KIN[named(config)][1](config) if named(config) in KIN else dict(config)
