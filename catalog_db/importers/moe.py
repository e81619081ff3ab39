"""Mixtures of experts that transformers does not know, written out: Llama-like layers with routed and shared experts.

DeepSeekMoE (deepseek-moe-16b-base: 16,375,728,128 parameters published), Ling (modeling_bailing_moe.py in
inclusionAI/Ling; Ling-lite: 16,801,974,272) and Ling 2.0 (modeling_bailing_moe_v2.py in inclusionAI/Ling-V2;
Ling-mini-2.0: 16,255,643,392).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.layers import Config, first, head_count, head_dim, hidden_size, kv_head_count, layer_count

MODEL_TYPES = ("deepseek", "bailing_moe", "bailing_moe_v2")


def build(config: Config, notes: list[str]) -> tuple[list[Tensor], bool]:
    """Every tensor, and whether the head is the embedding."""
    notes.append(f"closed form; transformers does not know {config.get('model_type')}")
    wide, vocabulary = hidden_size(config), int(config["vocab_size"])
    tensors = [Tensor("model.embed_tokens.weight", vocabulary, wide, 1)]
    for index in range(layer_count(config)):
        tensors += layer(f"model.layers.{index}", config, index)
    tensors.append(Tensor("model.norm.weight", wide, 1, 1))
    tied = bool(config.get("tie_word_embeddings"))
    return tensors + ([] if tied else [Tensor("lm_head.weight", vocabulary, wide, 1)]), tied


def layer(name: str, config: Config, index: int) -> Iterator[Tensor]:
    """Two norms, attention, and an MLP or experts: the first `first_k_dense_replace` layers are dense."""
    wide = hidden_size(config)
    for norm in ("input_layernorm", "post_attention_layernorm"):
        yield Tensor(f"{name}.{norm}.weight", wide, 1, 1)
    yield from attention(f"{name}.self_attn", config)
    if index < int(first(config, "first_k_dense_replace", default=0)):
        yield from swiglu(f"{name}.mlp", wide, int(config["intermediate_size"]), 1)
    else:
        yield from experts(f"{name}.mlp", config)


def attention(name: str, config: Config) -> Iterator[Tensor]:
    """Grouped attention; Ling 2.0 normalises each query and key head."""
    wide, dim = hidden_size(config), head_dim(config)
    own, kept = head_count(config) * dim, kv_head_count(config) * dim
    for part, out, inside in (("q", own, wide), ("k", kept, wide), ("v", kept, wide), ("o", wide, own)):
        yield Tensor(f"{name}.{part}_proj.weight", out, inside, 1)
    if config.get("use_qk_norm"):
        yield from (Tensor(f"{name}.{part}_norm.weight", dim, 1, 1) for part in ("q", "k"))


def experts(name: str, config: Config) -> Iterator[Tensor]:
    """A router (with a bias an expert in Ling 2.0), routed experts, and the shared ones as one MLP of their widths."""
    wide, count = hidden_size(config), routed(config)
    inner = int(config["moe_intermediate_size"])
    yield Tensor(f"{name}.gate.weight", count, wide, 1)
    if config.get("moe_router_enable_expert_bias"):
        yield Tensor(f"{name}.gate.expert_bias", count, 1, 1)
    yield from swiglu(f"{name}.experts", wide, inner, count)
    shared = int(first(config, "n_shared_experts", "num_shared_experts", default=0))
    if shared:
        yield from swiglu(f"{name}.shared_experts", wide, inner * shared, 1)


def routed(config: Config) -> int:
    """Routed experts of a layer; Ling-plus-base says n_routed_experts where Ling-plus says num_experts."""
    found: Any = first(config, "num_experts", "n_routed_experts")
    return int(found)


def swiglu(name: str, wide: int, inner: int, count: int) -> Iterator[Tensor]:
    """Gate, up and down of `count` equal MLPs."""
    for part, out, inside in (("gate", inner, wide), ("up", inner, wide), ("down", wide, inner)):
        yield Tensor(f"{name}.{part}_proj.weight", out, inside, count)
