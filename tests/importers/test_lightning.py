"""MiniMax-Text-01: lightning attention in seven layers of eight, as MiniMax-AI/MiniMax-01's README.md describes it."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: it instantiates configs on its meta device")
pytest.importorskip("transformers", reason="transformers is not installed: it knows the architectures")

from catalog_db.importers.derive import derive

MINIMAX_01: dict[str, Any] = {
    "architectures": ["MiniMaxForCausalLM"], "model_type": "minimax", "vocab_size": 200064, "hidden_size": 6144,
    "intermediate_size": 9216, "num_hidden_layers": 80, "num_attention_heads": 64, "num_key_value_heads": 8,
    "head_dim": 128, "num_local_experts": 32, "num_experts_per_tok": 2, "tie_word_embeddings": False,
    "layer_types": (["linear_attention"] * 7 + ["full_attention"]) * 10,
}  # fmt: skip


def test_it_has_456_billion_parameters() -> None:
    assert sum(row["param_count"] for row in derive(MINIMAX_01).tensor_groups) == 456_089_655_296


def test_lightning_layers_keep_a_state_and_their_matrices_are_a_mixers() -> None:
    derived = derive(MINIMAX_01)
    groups = {group["kind"]: group for group in derived.layer_groups}
    assert (groups["recurrent"]["layers"], groups["recurrent"]["recurrent_state_values"]) == (70, 64 * 128 * 128)
    assert (groups["full"]["layers"], groups["full"]["kv_heads"]) == (10, 8)
    mixer = {row["part"]: row for row in derived.tensor_groups if row["role"] == "mixer"}
    assert (mixer["in"]["out_features"], mixer["in"]["tensors"]) == (3 * 8192, 70)
    assert (mixer["gate"]["out_features"], mixer["out"]["in_features"]) == (8192, 8192)
    keys = [row for row in derived.tensor_groups if (row["role"], row["part"]) == ("attention", "k")]
    assert [(row["out_features"], row["tensors"]) for row in keys] == [(1024, 10)]
