"""Grok-1, which transformers does not build: its tensors as xai-org/grok-1 model.py makes them.

Four norms a layer, experts of three matrices, no biases, and an output that is the embedding (`InOutEmbed`).
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.layers import Config, head_count, head_dim, hidden_size, kv_head_count, layer_count, number


def ffn_size(wide: int, widening: int) -> int:
    """Width of an expert: 2/3 of `widening` times the width, raised to a multiple of 8 (model.py `ffn_size`)."""
    return -(-(widening * wide * 2 // 3) // 8) * 8


def build(config: Config, notes: list[str]) -> tuple[list[Tensor], bool]:
    """All tensors, and whether the head is the embedding: it is."""
    notes.append("closed form of Grok-1 (model.py); transformers does not know it")
    wide = hidden_size(config)
    tensors = [Tensor("embeddings", number(config, "vocab_size"), wide, 1, ("embedding", "weight"))]
    for index in range(layer_count(config)):
        tensors += block(config, f"layers.{index}")
    return [*tensors, Tensor("norm.weight", wide, 1, 1, ("norm", "weight"))], True


def block(config: Config, layer: str) -> Iterator[Tensor]:
    """Attention and experts, each between two norms."""
    wide, dim = hidden_size(config), head_dim(config)
    own, kept = head_count(config) * dim, kv_head_count(config) * dim
    for place in ("pre_attention", "post_attention", "pre_moe", "post_moe"):
        yield Tensor(f"{layer}.{place}.weight", wide, 1, 1, ("norm", "weight"))
    for part, out, inside in (("q", own, wide), ("k", kept, wide), ("v", kept, wide), ("o", wide, own)):
        yield Tensor(f"{layer}.attention.{part}.weight", out, inside, 1, ("attention", part))
    experts, inner = number(config, "num_local_experts"), number(config, "intermediate_size")
    yield Tensor(f"{layer}.router.weight", experts, wide, 1, ("router", "weight"))
    for part, out, inside in (("gate", inner, wide), ("up", inner, wide), ("down", wide, inner)):
        yield Tensor(f"{layer}.experts.{part}.weight", out, inside, experts, ("expert", part))
