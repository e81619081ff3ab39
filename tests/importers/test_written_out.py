"""Models written out in full, against the counts their makers print."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_db.importers import grok
from catalog_db.importers.derive import derive
from catalog_db.importers.tensors import tensor_groups

RWKV_7 = {
    "architectures": ["RWKV7"], "model_type": "rwkv7", "num_hidden_layers": 24, "hidden_size": 1024,
    "intermediate_size": 4096, "vocab_size": 65536, "head_size": 64, "decay_lora": 64, "rate_lora": 64,
    "value_lora": 32, "gate_lora": 128,
}  # fmt: skip
GROK_1 = {
    "architectures": ["Grok1"], "model_type": "grok-1", "num_hidden_layers": 64, "hidden_size": 6144,
    "intermediate_size": 32768, "num_attention_heads": 48, "num_key_value_heads": 8, "head_dim": 128,
    "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 131072, "max_position_embeddings": 8192,
}  # fmt: skip


def total(config: dict[str, Any], *roles: str) -> int:
    """Parameters of some roles, or of all."""
    return sum(row["param_count"] for row in tensor_groups(config).groups if not roles or row["role"] in roles)


def test_rwkv_7_has_the_parameters_and_the_state_its_maker_prints() -> None:
    derived = derive(RWKV_7)
    assert sum(row["param_count"] for row in derived.tensor_groups) == 450_767_872
    (state,) = derived.layer_groups
    assert state["kind"] == "recurrent"
    assert state["layers"] * (state["conv_state_values"] + state["recurrent_state_values"]) == 1_622_016
    assert state["recurrent_state_bits"] == 32
    assert (derived.model["heads"], derived.model["kv_heads"], derived.model["is_tied"]) == (None, None, False)


def test_rwkv_7s_first_layer_has_no_value_residual() -> None:
    one, two = (total(RWKV_7 | {"num_hidden_layers": layers}) for layers in (1, 2))
    three = total(RWKV_7 | {"num_hidden_layers": 3})
    assert (three - two) - (two - one) == 0
    rest = total(RWKV_7 | {"num_hidden_layers": 0})
    assert (two - one) - (one - rest) == 1024 + 2 * 1024 * 32


def test_grok_1s_experts_hold_what_its_maker_prints() -> None:
    assert total(GROK_1, "expert", "attention") // 10**9 == 314
    assert total(GROK_1, "lm_head") == 0
    derived = derive(GROK_1)
    assert derived.model["is_tied"] is True
    (full,) = derived.layer_groups
    assert (full["kind"], full["layers"], full["kv_heads"], full["key_dim"]) == ("full", 64, 8, 128)
    assert (derived.model["experts"], derived.model["experts_per_token"]) == (8, 2)


@pytest.mark.parametrize(("wide", "widening", "inner"), [(6144, 8, 32768), (100, 4, 272)])
def test_width_of_groks_experts(wide: int, widening: int, inner: int) -> None:
    assert grok.ffn_size(wide, widening) == inner
