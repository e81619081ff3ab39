"""Parameters that transformers does not build, from their documented structure; each proved against a count.

Two kinds: models written out in full (Nemotron-Super's NAS blocks), and MTP layers, which most checkpoints
carry and transformers drops. A rule is here only when the total agrees with a published exact count, named
beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from catalog_db.importers.layers import (
    Cache,
    Config,
    first,
    head_count,
    head_dim,
    hidden_size,
    layer_caches,
    layer_count,
    text_config,
)


@dataclass(frozen=True)
class Tensor:
    """`count` matrices of out_features x in_features under one name; `place` overrides (role, part)."""

    name: str
    out_features: int
    in_features: int
    count: int
    place: tuple[str, str] | None = None


# ---------------------------------------------------------------- what a config leaves out


def completed(config: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """The config with what its family's own rules give.

    Falcon-H1: mamba_d_ssm is heads x head size (configuration_falcon_h1.py refuses anything else).
    """
    is_short = config.get("model_type") == "falcon_h1" and config.get("mamba_d_ssm") is None
    if is_short and isinstance(config.get("mamba_d_head"), int):
        return {**config, "mamba_d_ssm": config["mamba_n_heads"] * config["mamba_d_head"]}
    if is_gemma_4_e(config) and not config.get("audio_config"):
        notes.append("audio tower of Gemma4AudioConfig's defaults added: 5,123,178,051 for E2B as published")
        return {**config, "audio_config": {"model_type": "gemma4_audio"}}
    if config.get("model_type") == "gemma3n" and not config.get("vision_config"):
        return with_gemma_3n_towers(config, notes)
    return config


def with_gemma_3n_towers(config: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """Gemma 3n with the towers of transformers' default configs: 5,439,438,272 for E2B as published.

    The vision tower is timm's MobileNetV5: without timm and pillow only the text is counted.
    """
    if not (find_spec("timm") and find_spec("PIL")):
        return config
    notes.append("towers of Gemma3nVisionConfig's and Gemma3nAudioConfig's defaults added")
    towers = {
        "vision_config": {"model_type": "gemma3n_vision"},
        "audio_config": {"model_type": "gemma3n_audio"},
    }
    return {**config, **towers}


def is_gemma_4_e(config: Config) -> bool:
    """Gemma 4 E2B and E4B, whose checkpoints hear; some copies of their config have audio_config null."""
    text = text_config(config)
    is_family = config.get("model_type") == "gemma4" and bool(config.get("vision_config"))
    return is_family and bool(text.get("num_kv_shared_layers") and text.get("hidden_size_per_layer_input"))


def unbuilt(text: Config, notes: list[str]) -> list[Tensor]:
    """Keys and values of Gemma's sharing layers: in the checkpoint, but used and built by nobody.

    With them Gemma 4 E2B is 5,123,178,051, E4B 7,996,156,490 and Gemma 3n E2B 5,439,438,272 as published.
    """
    if text.get("model_type") not in ("gemma3n_text", "gemma4_text") or not text.get("num_kv_shared_layers"):
        return []
    notes.append("unused key and value projections of the sharing layers added, as the checkpoint has them")
    found: list[Tensor] = []
    for index, (cache,) in enumerate(layer_caches(text)):
        if cache.kind == "shared":
            found += unused_keys(f"model.language_model.layers.{index}.self_attn", text, cache)
    return found


def unused_keys(module: str, text: Config, cache: Cache) -> Iterator[Tensor]:
    """Projections of one sharing layer."""
    wide, dim = hidden_size(text), int(cache.key_dim or 0)
    yield Tensor(f"{module}.k_proj.weight", int(cache.kv_heads or 0) * dim, wide, 1)
    yield Tensor(f"{module}.v_proj.weight", int(cache.kv_heads or 0) * dim, wide, 1)
    yield Tensor(f"{module}.k_norm.weight", dim, 1, 1)


# ---------------------------------------------------------------- a whole model


def build(config: Config, notes: list[str]) -> tuple[list[Tensor], bool]:
    """DeciLM: a Llama whose blocks differ. Nemotron-Super-49B-v1 gives 49,867,145,216 as published."""
    notes.append("closed form of DeciLM (block_configs); transformers does not know nemotron-nas")
    wide, vocabulary = hidden_size(config), int(config["vocab_size"])
    tensors = [Tensor("model.embed_tokens.weight", vocabulary, wide, 1)]
    for index, block in enumerate(config["block_configs"]):
        tensors += nas_attention(f"model.layers.{index}", config, block["attention"])
        tensors += nas_mlp(f"model.layers.{index}", wide, block["ffn"])
    tensors.append(Tensor("model.norm.weight", wide, 1, 1))
    tied = bool(config.get("tie_word_embeddings"))
    return tensors + ([] if tied else [Tensor("lm_head.weight", vocabulary, wide, 1)]), tied


def nas_attention(layer: str, config: Config, block: Config) -> Iterator[Tensor]:
    """Attention with its own number of kv heads, or one linear layer, or nothing (then no norm either)."""
    if block.get("no_op"):
        return
    wide, dim = hidden_size(config), head_dim(config)
    yield Tensor(f"{layer}.input_layernorm.weight", wide, 1, 1)
    if block.get("replace_with_linear"):
        yield Tensor(f"{layer}.self_attn.linear_attn.weight", wide, wide, 1, ("attention", "linear"))
        return
    own, kept = head_count(config) * dim, head_count(config) // int(block["n_heads_in_group"]) * dim
    for name, out, inside in (("q", own, wide), ("k", kept, wide), ("v", kept, wide), ("o", wide, own)):
        yield Tensor(f"{layer}.self_attn.{name}_proj.weight", out, inside, 1)


def nas_mlp(layer: str, wide: int, block: Config) -> Iterator[Tensor]:
    """SwiGLU of its own width: 2/3 of ffn_mult x hidden, rounded up to 256; one linear layer; or nothing."""
    if block.get("no_op"):
        return
    yield Tensor(f"{layer}.post_attention_layernorm.weight", wide, 1, 1)
    if block.get("replace_with_linear"):
        yield Tensor(f"{layer}.mlp.linear_mlp.weight", wide, wide, 1, ("mlp", "linear"))
        return
    inner = -(-int(2 * block["ffn_mult"] * wide / 3) // 256) * 256
    for name, out, inside in (("gate", inner, wide), ("up", inner, wide), ("down", wide, inner)):
        yield Tensor(f"{layer}.mlp.{name}_proj.weight", out, inside, 1)


# ---------------------------------------------------------------- MTP layers


def other_part(name: str, end: str) -> str:
    """Words for tensors that are neither attention, MLP, norm nor embedding."""
    if re.search(r"attn_hc|ffn_hc|hc_head", name):
        return "hyper_connection"
    return "latent" if "latent" in end else end


def mtp(tensors: list[Tensor], config: Config, notes: list[str]) -> Iterator[Tensor]:
    """The MTP layers of this checkpoint, or a note that they are left out."""
    family = str(config.get("model_type"))
    named = first(config, "num_nextn_predict_layers", "mtp_num_hidden_layers")
    count = int(UNNAMED_MTP.get(family, 0) if named is None else named)
    rule = mtp_rule(config, family)
    if not count:
        return
    if rule is None:
        notes.append(f"{count} MTP layer(s) in the config are left out: no published exact count proves them")
        return
    notes.append(f"{count} MTP layer(s) added: {rule.proof}")
    yield from rule.build(tensors, config, count)


def mtp_rule(config: Config, family: str) -> MtpRule | None:
    """The family's rule, unless this config goes beyond what was proved for it."""
    if "MiMoForCausalLM" in (config.get("architectures") or []):
        return MTP["mimo"]
    if family == "nemotron_h" and not config.get("mtp_hybrid_override_pattern"):
        return None
    return MTP.get(family)


def copy_layer(tensors: list[Tensor], source: int, name: str) -> Iterator[Tensor]:
    """The tensors of decoder layer `source` under another layer's name."""
    pattern = re.compile(rf"^(?:.*\.)?layers\.{source}\.")
    for tensor in tensors:
        if pattern.match(tensor.name) and "vision" not in tensor.name and "visual" not in tensor.name:
            yield Tensor(pattern.sub(f"{name}.", tensor.name), *shape(tensor))


def shape(tensor: Tensor) -> tuple[int, int, int]:
    """out, in, count."""
    return tensor.out_features, tensor.in_features, tensor.count


def joiner(name: str, wide: int, norms: tuple[str, ...]) -> Iterator[Tensor]:
    """What joins the last hidden state with the next token's embedding: a projection of 2h to h, norms."""
    yield Tensor(f"{name}.eh_proj.weight", wide, 2 * wide, 1)
    for norm in norms:
        yield Tensor(f"{name}.{norm}.weight", wide, 1, 1)


def deepseek_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """One more MoE layer, its joiner, and copies of embedding and head (DeepSeek-V3 README_WEIGHTS.md).

    GLM-4.6's checkpoint has no copies (356,785,898,816), which its config does not say: `mtp_shares_embeddings` does.
    """
    wide, vocabulary = hidden_size(config), int(config["vocab_size"])
    for extra in range(count):
        name = f"mtp.layers.{extra}"
        yield from copy_layer(tensors, layer_count(config) - 1, name)
        yield from joiner(name, wide, ("enorm", "hnorm", "shared_head.norm"))
        if not config.get("mtp_shares_embeddings"):
            yield Tensor(f"{name}.embed_tokens.weight", vocabulary, wide, 1)
            yield Tensor(f"{name}.lm_head.weight", vocabulary, wide, 1)


def glm5_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """Like DeepSeek's without the copies of embedding and head, and always with an indexer.

    Layers of GLM-5.2 whose `indexer_types` is "shared" have none: then it is built like the first layer's.
    """
    found = [
        tensor
        for tensor in deepseek_mtp(tensors, config, count)
        if not tensor.name.endswith(("embed_tokens.weight", "lm_head.weight"))
    ]
    yield from found
    if not any("indexer" in tensor.name for tensor in found):
        for extra in range(count):
            copied = copy_layer(tensors, 0, f"mtp.layers.{extra}")
            yield from (tensor for tensor in copied if "indexer" in tensor.name)


def deepseek_v4_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """A window-only layer like the last (no compressor), e_proj and h_proj, three norms, and an own hc_head.

    vLLM vllm/models/deepseek_v4/nvidia/mtp.py; embedding and head are the model's own.
    """
    wide = hidden_size(config)
    for extra in range(count):
        name = f"mtp.layers.{extra}"
        copied = copy_layer(tensors, layer_count(config) - 1, name)
        yield from (tensor for tensor in copied if "compressor" not in tensor.name)
        yield from (Tensor(f"{name}.{t.name}", *shape(t)) for t in tensors if "hc_head" in t.name)
        yield from (Tensor(f"{name}.{part}.weight", wide, wide, 1) for part in ("e_proj", "h_proj"))
        yield from (Tensor(f"{name}.{norm}.weight", wide, 1, 1) for norm in ("enorm", "hnorm", "norm"))


def qwen_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """Full-attention layers like the model's last, under one joiner; no embedding or head of its own."""
    for extra in range(count):
        yield from copy_layer(tensors, layer_count(config) - 1, f"mtp.layers.{extra}")
    yield from joiner("mtp", hidden_size(config), ("pre_fc_norm_embedding", "pre_fc_norm_hidden", "norm"))


def exaone_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """Dense layers like the model's first, under one joiner; no embedding or head of its own."""
    for extra in range(count):
        yield from copy_layer(tensors, 0, f"mtp.layers.{extra}")
    yield from joiner("mtp", hidden_size(config), ("pre_fc_norm_embedding", "pre_fc_norm_hidden", "norm"))


def nemotron_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """An attention block and an expert block ("*E"), a joiner, and a last norm."""
    pattern, own = str(config["mtp_hybrid_override_pattern"]), str(config["hybrid_override_pattern"])
    for extra in range(count):
        for place, letter in enumerate(pattern):
            yield from copy_layer(tensors, own.rindex(letter), f"mtp.layers.{extra * len(pattern) + place}")
        yield from joiner(f"mtp.layers.{extra * len(pattern)}", hidden_size(config), ("enorm", "hnorm", "final_norm"))


def mimo_mtp(tensors: list[Tensor], config: Config, count: int) -> Iterator[Tensor]:
    """MiMo-7B: one dense layer like the others, input_proj of 2h to h, three norms."""
    for extra in range(count):
        name = f"mtp.layers.{extra}"
        yield from copy_layer(tensors, layer_count(config) - 1, name)
        yield from joiner(name, hidden_size(config), ("token_layernorm", "hidden_layernorm", "final_layernorm"))


@dataclass(frozen=True)
class MtpRule:
    """How to build a family's MTP layers, and the published count that agrees."""

    build: Callable[[list[Tensor], Config, int], Iterator[Tensor]]
    proof: str


DEEPSEEK = MtpRule(deepseek_mtp, "as DeepSeek-V3's 684,531,386,000")
QWEN = MtpRule(qwen_mtp, "as Qwen3.5-27B's 27,781,427,952")
EXAONE = MtpRule(exaone_mtp, "as EXAONE-4.5-33B's 34,350,097,664 and K-EXAONE-236B-A23B's 237,099,669,632")
# MTP layers of a family's checkpoints where the config at hand does not mention them: Qwen3-Next's
# config.json never does; copies of GLM-4.5's leave num_nextn_predict_layers out.
UNNAMED_MTP = {"qwen3_next": 1, "glm4_moe": 1}

MTP: dict[str, MtpRule] = {
    "deepseek_v3": DEEPSEEK,
    "deepseek_v32": DEEPSEEK,
    "exaone4": EXAONE,
    "exaone_moe": EXAONE,
    "glm4_moe_lite": MtpRule(deepseek_mtp, "as GLM-4.7-Flash's 31,221,488,576"),
    "glm4_moe": MtpRule(deepseek_mtp, "as GLM-4.5's 358,337,791,296"),
    "glm_moe_dsa": MtpRule(glm5_mtp, "as GLM-5's 753,864,139,008 and GLM-5.3's 753,329,940,480"),
    "deepseek_v4": MtpRule(deepseek_v4_mtp, "V4-Flash packed is 158,069,433,298 as published"),
    "hy_v3": MtpRule(qwen_mtp, "as Hy3-preview's 298,786,155,776"),
    "qwen3_next": MtpRule(qwen_mtp, "as Qwen3-Next-80B-A3B's 81,324,862,720"),
    "qwen3_5_text": QWEN,
    "qwen3_5_moe_text": QWEN,
    "nemotron_h": MtpRule(nemotron_mtp, "as Nemotron-3-Super's 123,611,012,096"),
    "mimo": MtpRule(mimo_mtp, "as MiMo-7B-Base's 7,833,409,536"),
}
