"""MTP layers that the checkpoints carry, against the published totals."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: it instantiates configs on its meta device")
pytest.importorskip("transformers", reason="transformers is not installed: it knows the architectures")

from catalog_db.importers.derive import derive

SLIDING = ["sliding_attention"] * 3 + ["full_attention"]
K_EXAONE: dict[str, Any] = {
    "architectures": ["ExaoneMoEForCausalLM"], "model_type": "exaone_moe", "vocab_size": 153600, "hidden_size": 6144,
    "intermediate_size": 18432, "moe_intermediate_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 64,
    "num_key_value_heads": 8, "head_dim": 128, "num_experts": 128, "num_shared_experts": 1, "num_experts_per_tok": 8,
    "first_k_dense_replace": 1, "sliding_window": 128, "layer_types": SLIDING * 12, "num_nextn_predict_layers": 1,
    "tie_word_embeddings": False,
}  # fmt: skip
GLM_47_FLASH: dict[str, Any] = {
    "architectures": ["Glm4MoeLiteForCausalLM"], "model_type": "glm4_moe_lite", "vocab_size": 154880,
    "hidden_size": 2048, "intermediate_size": 10240, "moe_intermediate_size": 1536, "num_hidden_layers": 47,
    "num_attention_heads": 20, "num_key_value_heads": 20, "kv_lora_rank": 512, "q_lora_rank": 768,
    "qk_rope_head_dim": 64, "qk_nope_head_dim": 192, "v_head_dim": 256, "n_routed_experts": 64,
    "n_shared_experts": 1, "num_experts_per_tok": 4, "num_nextn_predict_layers": 1, "tie_word_embeddings": False,
}  # fmt: skip
HY3: dict[str, Any] = {
    "architectures": ["HYV3ForCausalLM"], "model_type": "hy_v3", "vocab_size": 120832, "hidden_size": 4096,
    "intermediate_size": 13312, "moe_intermediate_size": 1536, "num_hidden_layers": 80, "num_attention_heads": 64,
    "num_key_value_heads": 8, "head_dim": 128, "num_experts": 192, "num_shared_experts": 1, "num_experts_per_tok": 8,
    "num_nextn_predict_layers": 1, "tie_word_embeddings": False,
}  # fmt: skip


GLM_46: dict[str, Any] = {
    "architectures": ["Glm4MoeForCausalLM"], "model_type": "glm4_moe", "vocab_size": 151552, "hidden_size": 5120,
    "intermediate_size": 12288, "moe_intermediate_size": 1536, "num_hidden_layers": 92, "num_attention_heads": 96,
    "num_key_value_heads": 8, "head_dim": 128, "attention_bias": True, "use_qk_norm": True, "n_routed_experts": 160,
    "n_shared_experts": 1, "num_experts_per_tok": 8, "first_k_dense_replace": 3, "num_nextn_predict_layers": 1,
    "tie_word_embeddings": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("config", "count"),
    [(K_EXAONE, 237_099_669_632), (GLM_47_FLASH, 31_221_488_576), (HY3, 298_786_155_776), (GLM_46, 358_337_791_296),
     (GLM_46 | {"mtp_shares_embeddings": True}, 356_785_898_816)],
)  # fmt: skip
def test_the_total_with_its_mtp_layer_is_the_published_one(config: dict[str, Any], count: int) -> None:
    derived = derive(config)
    assert sum(row["param_count"] for row in derived.tensor_groups) == count
    assert any(row["role"] == "mtp" for row in derived.tensor_groups)


def test_exaones_extra_layer_is_dense() -> None:
    parts = {row["part"] for row in derive(K_EXAONE).tensor_groups if row["role"] == "mtp"}
    assert any(part.startswith("mlp_") for part in parts) and not any(part.startswith("expert_") for part in parts)


def test_exaones_windows_are_three_layers_in_four() -> None:
    groups = {group["kind"]: group for group in derive(K_EXAONE).layer_groups}
    assert (groups["sliding"]["layers"], groups["sliding"]["window_tokens"]) == (36, 128)
    assert groups["full"]["layers"] == 12
