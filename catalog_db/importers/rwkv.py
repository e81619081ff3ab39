"""RWKV-7, which transformers does not build: its tensors as RWKV-LM's README lists them for 1.5B.

With the widths of its low-rank layers (`decay_lora`, `rate_lora`, `value_lora`, `gate_lora`) from the same place, the
0.4B model has the 450,767,872 parameters that the README gives for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.layers import Config, hidden_size, layer_count, number

MIXES = ("x_r", "x_w", "x_k", "x_v", "x_a", "x_g")


def build(config: Config, notes: list[str]) -> tuple[list[Tensor], bool]:
    """All tensors, and whether the head is the embedding: it is not."""
    notes.append("closed form of RWKV-7 (RWKV-LM README.md); transformers does not know it")
    wide, vocabulary = hidden_size(config), number(config, "vocab_size")
    tensors = [Tensor("emb.weight", vocabulary, wide, 1, ("embedding", "weight"))]
    tensors += norm("blocks.0.ln0", wide)
    for index in range(layer_count(config)):
        tensors += block(config, index)
    tensors += norm("ln_out", wide)
    return [*tensors, Tensor("head.weight", vocabulary, wide, 1, ("lm_head", "weight"))], False


def norm(name: str, wide: int) -> Iterator[Tensor]:
    """A layer norm with its bias."""
    for part in ("weight", "bias"):
        yield Tensor(f"{name}.{part}", wide, 1, 1, ("norm", part))


def block(config: Config, index: int) -> Iterator[Tensor]:
    """Time mixing and channel mixing of one layer, each behind a norm."""
    wide, name = hidden_size(config), f"blocks.{index}"
    yield from norm(f"{name}.ln1", wide)
    yield from time_mixing(config, f"{name}.att", is_first=index == 0)
    yield from norm(f"{name}.ln2", wide)
    inner = number(config, "intermediate_size")
    yield Tensor(f"{name}.ffn.x_k", wide, 1, 1, ("mlp", "mix"))
    yield Tensor(f"{name}.ffn.key.weight", inner, wide, 1, ("mlp", "up"))
    yield Tensor(f"{name}.ffn.value.weight", wide, inner, 1, ("mlp", "down"))


def time_mixing(config: Config, name: str, is_first: bool) -> Iterator[Tensor]:
    """The recurrence. The first layer has no value residual (v0, v1, v2)."""
    wide = hidden_size(config)
    for mix in (*MIXES, "k_k", "k_a", "r_k"):
        yield Tensor(f"{name}.{mix}", wide, 1, 1, ("mixer", "mix"))
    for matrix in ("receptance", "key", "value"):
        yield Tensor(f"{name}.{matrix}.weight", wide, wide, 1, ("mixer", "in"))
    yield Tensor(f"{name}.output.weight", wide, wide, 1, ("mixer", "out"))
    ranks = {"w": "decay_lora", "a": "rate_lora"} | ({} if is_first else {"v": "value_lora"})
    for letter, rank in ranks.items():
        yield Tensor(f"{name}.{letter}0", wide, 1, 1, ("mixer", "bias"))
        yield from low_rank(f"{name}.{letter}", wide, number(config, rank))
    yield from low_rank(f"{name}.g", wide, number(config, "gate_lora"))
    for part in ("weight", "bias"):
        yield Tensor(f"{name}.ln_x.{part}", wide, 1, 1, ("mixer", "norm"))


def low_rank(name: str, wide: int, rank: int) -> Iterator[Tensor]:
    """Down to the rank and up again."""
    yield Tensor(f"{name}1", rank, wide, 1, ("mixer", "low_rank"))
    yield Tensor(f"{name}2", wide, rank, 1, ("mixer", "low_rank"))
