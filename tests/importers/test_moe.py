"""Mixtures of experts written out, against the counts that are published of them."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_db.importers.derive import derive

DEEPSEEK_MOE_16B = {
    "architectures": ["DeepseekForCausalLM"], "model_type": "deepseek", "vocab_size": 102400, "hidden_size": 2048,
    "intermediate_size": 10944, "moe_intermediate_size": 1408, "num_hidden_layers": 28, "num_attention_heads": 16,
    "num_key_value_heads": 16, "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6,
    "first_k_dense_replace": 1, "tie_word_embeddings": False,
}  # fmt: skip
LING_LITE = {
    "architectures": ["BailingMoeForCausalLM"], "model_type": "bailing_moe", "vocab_size": 126464,
    "hidden_size": 2048, "intermediate_size": 5632, "moe_intermediate_size": 1408, "num_hidden_layers": 28,
    "num_attention_heads": 16, "num_key_value_heads": 4, "num_experts": 64, "num_shared_experts": 2,
    "num_experts_per_tok": 6, "first_k_dense_replace": 0, "tie_word_embeddings": False,
}  # fmt: skip
LING_MINI_2 = {
    "architectures": ["BailingMoeV2ForCausalLM"], "model_type": "bailing_moe_v2", "vocab_size": 157184,
    "hidden_size": 2048, "intermediate_size": 5120, "moe_intermediate_size": 512, "num_hidden_layers": 20,
    "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 128, "num_experts": 256,
    "num_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 1, "use_qk_norm": True,
    "moe_router_enable_expert_bias": True, "num_nextn_predict_layers": 0, "tie_word_embeddings": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "count"),
    [(DEEPSEEK_MOE_16B, 16_375_728_128), (LING_LITE, 16_801_974_272), (LING_MINI_2, 16_255_643_392)],
)
def test_the_total_is_the_published_one(config: dict[str, Any], count: int) -> None:
    assert sum(group["param_count"] for group in derive(config).tensor_groups) == count


def test_experts_shared_experts_and_dense_layers_have_roles_of_their_own() -> None:
    derived = derive(DEEPSEEK_MOE_16B)
    rows = {(row["role"], row["part"]): row for row in derived.tensor_groups}
    up, shared, dense = rows["expert", "up"], rows["shared_expert", "up"], rows["mlp", "up"]
    assert (up["tensors"], up["layers"], up["out_features"]) == (27 * 64, 27, 1408)
    assert (shared["tensors"], shared["out_features"]) == (27, 2816)
    assert (dense["tensors"], dense["out_features"]) == (1, 10944)
    assert (derived.model["experts"], derived.model["experts_per_token"]) == (64, 6)


def test_ling_plus_base_names_its_experts_otherwise() -> None:
    other = {key: value for key, value in LING_LITE.items() if key not in ("num_experts", "num_shared_experts")}
    other |= {"n_routed_experts": 64, "n_shared_experts": 2}
    assert derive(other).tensor_groups == derive(LING_LITE).tensor_groups


def test_a_tied_head_is_no_row() -> None:
    derived = derive(LING_LITE | {"tie_word_embeddings": True})
    assert derived.model["is_tied"] and "lm_head" not in {row["role"] for row in derived.tensor_groups}
