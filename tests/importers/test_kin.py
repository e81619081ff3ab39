"""Families that are another's under other names: the counts their makers and the Hub print."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: it instantiates configs on its meta device")
pytest.importorskip("transformers", reason="transformers is not installed: it knows the architectures")

from catalog_db.importers.derive import derive

# baichuan-inc/Baichuan-13B README_EN.md prints both totals.
BAICHUAN_7B = {
    "architectures": ["BaiChuanForCausalLM"], "model_type": "baichuan", "vocab_size": 64000, "hidden_size": 4096,
    "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
    "max_position_embeddings": 4096, "tie_word_embeddings": False,
}  # fmt: skip
BAICHUAN_13B = BAICHUAN_7B | {
    "architectures": ["BaichuanForCausalLM"], "hidden_size": 5120, "intermediate_size": 13696,
    "num_hidden_layers": 40, "num_attention_heads": 40,
}  # fmt: skip
INTERNLM2_20B = {
    "architectures": ["InternLM2ForCausalLM"], "model_type": "internlm2", "vocab_size": 92544, "hidden_size": 6144,
    "intermediate_size": 16384, "num_hidden_layers": 48, "num_attention_heads": 48, "num_key_value_heads": 8,
    "bias": False, "tie_word_embeddings": False,
}  # fmt: skip
QWEN_14B = {
    "architectures": ["QWenLMHeadModel"], "model_type": "qwen", "vocab_size": 152064, "hidden_size": 5120,
    "intermediate_size": 27392, "num_hidden_layers": 40, "num_attention_heads": 40, "tie_word_embeddings": False,
}  # fmt: skip
GLM_4_9B = {
    "architectures": ["ChatGLMModel"], "model_type": "chatglm", "num_layers": 40, "hidden_size": 4096,
    "ffn_hidden_size": 13696, "kv_channels": 128, "num_attention_heads": 32, "multi_query_attention": True,
    "multi_query_group_num": 2, "add_qkv_bias": True, "padded_vocab_size": 151552, "vocab_size": 151329,
    "seq_length": 131072, "tie_word_embeddings": False,
}  # fmt: skip
MINICPM4_8B = {
    "architectures": ["MiniCPMForCausalLM"], "model_type": "minicpm", "vocab_size": 73448, "hidden_size": 4096,
    "intermediate_size": 16384, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 2,
    "tie_word_embeddings": False,
}  # fmt: skip
HUNYUAN_A13B = {
    "architectures": ["HunYuanMoEV1ForCausalLM"], "model_type": "hunyuan", "vocab_size": 128167, "hidden_size": 4096,
    "intermediate_size": 3072, "moe_intermediate_size": [3072] * 32, "moe_topk": [8] * 32, "num_experts": 64,
    "num_shared_expert": [1] * 32, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "attention_head_dim": 128, "use_qk_norm": True, "tie_word_embeddings": True,
}  # fmt: skip


def total(config: dict[str, Any]) -> int:
    return sum(int(group["param_count"]) for group in derive(config).tensor_groups)


@pytest.mark.parametrize(
    ("config", "count"),
    [
        (BAICHUAN_7B, 7_000_559_616),
        (BAICHUAN_13B, 13_264_901_120),
        (INTERNLM2_20B, 19_861_149_696),
        (QWEN_14B, 14_167_290_880),
        (GLM_4_9B, 9_399_951_360),
        (MINICPM4_8B, 8_185_253_888),
        (HUNYUAN_A13B, 80_393_183_232),
    ],
)  # fmt: skip
def test_a_family_under_its_own_name_is_counted_like_its_kin(config: dict[str, Any], count: int) -> None:
    assert total(config) == count


def test_the_architecture_stays_what_the_config_named() -> None:
    model = derive(GLM_4_9B).model
    assert (model["architecture"], model["layers"], model["kv_heads"]) == ("ChatGLMModel", 40, 2)
    assert (model["vocab_size"], model["context_tokens"], model["head_dim"]) == (151552, 131072, 128)


def test_qwens_first_generation_has_as_many_key_heads_as_query_heads() -> None:
    (group,) = derive(QWEN_14B).layer_groups
    assert (group["kind"], group["kv_heads"], group["key_dim"]) == ("full", 40, 128)


def test_what_hunyuan_lists_by_layer_is_one_number() -> None:
    model = derive(HUNYUAN_A13B).model
    assert (model["experts"], model["experts_per_token"], model["head_dim"]) == (64, 8, 128)
