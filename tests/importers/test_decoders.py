"""Closed forms against the library that they stand in for, and against published counts."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest

from catalog_db.importers import decoders
from catalog_db.importers.tensors import TensorError, tensor_groups

BASE: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_hidden_layers": 3,
    "vocab_size": 256,
    "head_dim": 16,
    "max_position_embeddings": 128,
    "pad_token_id": 0,
}
EXPERTS: dict[str, dict[str, Any]] = {
    **{name: {"num_local_experts": 4, "num_experts": 4} for name in ("mixtral", "granitemoe", "olmoe", "gpt_oss")},
    "qwen2_moe": {
        "num_experts": 4,
        "moe_intermediate_size": 32,
        "shared_expert_intermediate_size": 48,
        "decoder_sparse_step": 2,
        "mlp_only_layers": [1],
    },
    "qwen3_moe": {"num_experts": 4, "moe_intermediate_size": 32, "decoder_sparse_step": 1, "mlp_only_layers": [1]},
    **{
        name: {
            "n_routed_experts": 4,
            "n_shared_experts": 2,
            "moe_intermediate_size": 32,
            "first_k_dense_replace": 1,
            "kv_lora_rank": 16,
            "q_lora_rank": 24,
            "qk_nope_head_dim": 8,
            "qk_rope_head_dim": 8,
            "v_head_dim": 8,
            "n_group": 1,
            "topk_group": 1,
            "num_nextn_predict_layers": 0,
        }
        for name in ("deepseek_v2", "deepseek_v3", "glm4_moe")
    },
}
SWITCHED = {
    "attention_bias": True,
    "mlp_bias": True,
    "use_bias": False,
    "qkv_bias": False,
    "attention_out_bias": True,
    "tie_word_embeddings": True,
    "use_qk_norm": True,
}


def rows(groups: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    columns = ("role", "part", "out_features", "in_features", "tensors", "layers", "param_count")
    return {tuple(group[column] for column in columns) for group in groups}


@pytest.mark.skipif(not (find_spec("torch") and find_spec("transformers")), reason="the library is not installed")
@pytest.mark.parametrize("switches", [{}, SWITCHED], ids=["plain", "switched"])
@pytest.mark.parametrize("family", decoders.FAMILIES)
def test_a_family_has_the_rows_that_the_library_builds(family: str, switches: dict[str, Any]) -> None:
    config = {**BASE, **EXPERTS.get(family, {}), **switches, "model_type": family}
    if decoders.FAMILIES[family].is_latent:
        config = {key: value for key, value in config.items() if key not in ("attention_bias", "mlp_bias")}
    ours, theirs = decoders.tensor_groups(config), tensor_groups(config)
    assert rows(ours.groups) == rows(theirs.groups)
    assert ours.is_tied == theirs.is_tied


PUBLISHED = {
    "Llama 3 70B, meta-llama/Meta-Llama-3-70B": (
        {
            "model_type": "llama",
            "hidden_size": 8192,
            "intermediate_size": 28672,
            "num_attention_heads": 64,
            "num_hidden_layers": 80,
            "num_key_value_heads": 8,
            "vocab_size": 128256,
        },
        70_553_706_496,
    ),
    "Mixtral 8x7B": (
        {
            "model_type": "mixtral",
            "hidden_size": 4096,
            "intermediate_size": 14336,
            "num_attention_heads": 32,
            "num_hidden_layers": 32,
            "num_key_value_heads": 8,
            "num_local_experts": 8,
            "vocab_size": 32000,
        },
        46_702_792_704,
    ),
    "DeepSeek V3 with its MTP layer": (
        {
            "model_type": "deepseek_v3",
            "first_k_dense_replace": 3,
            "hidden_size": 7168,
            "intermediate_size": 18432,
            "kv_lora_rank": 512,
            "moe_intermediate_size": 2048,
            "n_routed_experts": 256,
            "n_shared_experts": 1,
            "num_attention_heads": 128,
            "num_hidden_layers": 61,
            "num_nextn_predict_layers": 1,
            "q_lora_rank": 1536,
            "qk_nope_head_dim": 128,
            "qk_rope_head_dim": 64,
            "v_head_dim": 128,
            "vocab_size": 129280,
        },
        684_489_845_504,
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_without_the_library_totals_are_the_published_ones(name: str) -> None:
    config, published = PUBLISHED[name]
    assert sum(group["param_count"] for group in decoders.tensor_groups(config).groups) == published


def test_other_families_are_refused() -> None:
    with pytest.raises(TensorError, match="no closed form for model_type 'wormhole'"):
        decoders.tensor_groups({**BASE, "model_type": "wormhole"})
