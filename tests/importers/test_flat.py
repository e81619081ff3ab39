"""Configs of vision models as their makers published them: flat."""

from __future__ import annotations

import copy
from importlib.util import find_spec
from typing import Any

import pytest

from catalog_db.importers.derive import derive
from catalog_db.importers.flat import nested

QWEN25_VL_7B: dict[str, Any] = {
    "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl", "hidden_size": 3584,
    "intermediate_size": 18944, "max_position_embeddings": 128000, "max_window_layers": 28,
    "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4, "use_sliding_window": False,
    "sliding_window": 32768, "tie_word_embeddings": False, "torch_dtype": "bfloat16", "vocab_size": 152064,
    "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    "vision_config": {
        "depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "in_chans": 3,
        "out_hidden_size": 3584, "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
        "fullatt_block_indexes": [7, 15, 23, 31], "window_size": 112,
    },
}  # fmt: skip
QWEN2_VL_7B: dict[str, Any] = QWEN25_VL_7B | {
    "architectures": ["Qwen2VLForConditionalGeneration"], "model_type": "qwen2_vl", "max_position_embeddings": 32768,
    "vision_config": {
        "depth": 32, "embed_dim": 1280, "hidden_size": 3584, "mlp_ratio": 4, "num_heads": 16, "in_chans": 3,
        "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2,
    },
}  # fmt: skip


@pytest.mark.skipif(not (find_spec("torch") and find_spec("transformers")), reason="the library is not installed")
def test_flat_configs_give_the_published_counts_with_their_towers() -> None:
    for config, count in ((QWEN25_VL_7B, 8_292_166_656), (QWEN2_VL_7B, 8_291_375_616)):
        rows = derive(config).tensor_groups
        assert sum(row["param_count"] for row in rows) == count
        assert "vision" in {row["role"] for row in rows}


@pytest.mark.skipif(not (find_spec("torch") and find_spec("transformers")), reason="the library is not installed")
def test_a_window_that_is_switched_off_is_none() -> None:
    assert [group["kind"] for group in derive(QWEN25_VL_7B).layer_groups] == ["full"]


def test_nested_configs_and_other_families_stay_as_they_are() -> None:
    inside = nested(copy.deepcopy(QWEN25_VL_7B))
    assert inside["text_config"]["model_type"] == "qwen2_5_vl_text" and "hidden_size" not in inside
    assert nested(inside) is inside
    llama = {"model_type": "llama", "hidden_size": 4096}
    assert nested(llama) is llama
