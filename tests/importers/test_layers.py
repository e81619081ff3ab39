"""What a model's layers keep in the cache, against facts known of the models."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_db.importers.layers import LayerError, layer_groups

LLAMA_3_70B = {
    "model_type": "llama", "num_hidden_layers": 80, "hidden_size": 8192, "num_attention_heads": 64,
    "num_key_value_heads": 8,
}  # fmt: skip
DEEPSEEK_V3 = {
    "model_type": "deepseek_v3", "num_hidden_layers": 61, "hidden_size": 7168, "num_attention_heads": 128,
    "num_key_value_heads": 128, "kv_lora_rank": 512, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "num_nextn_predict_layers": 1,
}  # fmt: skip
GEMMA_3_27B = {
    "model_type": "gemma3_text", "num_hidden_layers": 62, "hidden_size": 5376, "num_attention_heads": 32,
    "num_key_value_heads": 16, "head_dim": 128, "sliding_window": 1024,
}  # fmt: skip
QWEN3_NEXT = {
    "model_type": "qwen3_next", "num_hidden_layers": 48, "hidden_size": 2048, "num_attention_heads": 16,
    "num_key_value_heads": 2, "head_dim": 256, "full_attention_interval": 4, "linear_conv_kernel_dim": 4,
    "linear_key_head_dim": 128, "linear_value_head_dim": 128, "linear_num_key_heads": 16,
    "linear_num_value_heads": 32,
}  # fmt: skip
NEMOTRON_3_NANO = {
    "model_type": "nemotron_h", "num_hidden_layers": 52, "hidden_size": 2688, "num_attention_heads": 32,
    "num_key_value_heads": 2, "head_dim": 128, "mamba_num_heads": 64, "mamba_head_dim": 64, "n_groups": 8,
    "ssm_state_size": 128, "conv_kernel": 4, "mamba_ssm_cache_dtype": "float32",
    "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",
}  # fmt: skip
FALCON_H1 = {
    "model_type": "falcon_h1", "num_hidden_layers": 24, "hidden_size": 2048, "num_attention_heads": 8,
    "num_key_value_heads": 2, "head_dim": 128, "mamba_n_heads": 48, "mamba_d_head": 64, "mamba_n_groups": 1,
    "mamba_d_state": 256, "mamba_d_conv": 4, "mamba_expand": 2, "mamba_d_ssm": 3072,
}  # fmt: skip
KIMI_LINEAR = {
    "model_type": "kimi_linear", "num_hidden_layers": 8, "hidden_size": 2304, "num_attention_heads": 32,
    "kv_lora_rank": 512, "qk_rope_head_dim": 64,
    "linear_attn_config": {
        "full_attn_layers": [4, 8], "kda_layers": [1, 2, 3, 5, 6, 7], "head_dim": 128, "num_heads": 32,
        "short_conv_kernel_size": 4,
    },
}  # fmt: skip
DEEPSEEK_V4 = {
    "model_type": "deepseek_v4", "num_hidden_layers": 4, "hidden_size": 4096, "num_attention_heads": 64,
    "head_dim": 512, "qk_rope_head_dim": 64, "sliding_window": 128, "index_head_dim": 128,
    "compress_ratios": [0, 4, 128, 4, 0],
}  # fmt: skip


def kinds(config: dict[str, Any]) -> list[tuple[str, int]]:
    """(kind, layers) of each group."""
    return [(group["kind"], group["layers"]) for group in layer_groups(config)]


def values_per_token(config: dict[str, Any]) -> int:
    """Values that all layers together add for one token of a long text, windows left out."""
    total = 0
    for group in layer_groups(config):
        if group["kind"] == "full":
            total += group["layers"] * group["kv_heads"] * (group["key_dim"] + group["value_dim"])
        if group["kind"] == "mla":
            total += group["layers"] * (group["latent_dim"] + group["rope_dim"])
    return total


def test_llama_3_70b_caches_eight_heads_in_eighty_layers() -> None:
    (group,) = layer_groups(LLAMA_3_70B)
    assert (group["kind"], group["layers"], group["kv_heads"], group["key_dim"]) == ("full", 80, 8, 128)
    assert values_per_token(LLAMA_3_70B) == 80 * 8 * 256
    assert group["window_tokens"] is None and group["latent_dim"] is None


def test_the_configs_own_head_dim_wins_over_hidden_over_heads() -> None:
    config = {**LLAMA_3_70B, "hidden_size": 5120, "head_dim": 128}
    assert layer_groups(config)[0]["key_dim"] == 128


def test_deepseek_v3_caches_576_values_in_each_of_61_layers() -> None:
    assert values_per_token(DEEPSEEK_V3) == 61 * 576
    (group,) = layer_groups(DEEPSEEK_V3)
    assert group["kv_heads"] is None and group["index_dim"] is None


def test_a_sparse_indexer_adds_its_own_key_only_where_it_is_not_shared() -> None:
    config = {**DEEPSEEK_V3, "index_head_dim": 128}
    assert [group["index_dim"] for group in layer_groups(config)] == [128]
    types = ["full"] * 3 + ["shared"] * 58
    shared = layer_groups({**config, "indexer_types": types})
    assert [(group["layers"], group["index_dim"]) for group in shared] == [(3, 128), (58, None)]


def test_gemma_3_27b_slides_in_52_layers_and_is_full_in_10() -> None:
    assert sorted(kinds(GEMMA_3_27B)) == [("full", 10), ("sliding", 52)]
    windows = {group["kind"]: group["window_tokens"] for group in layer_groups(GEMMA_3_27B)}
    assert windows == {"full": None, "sliding": 1024}


def test_a_nested_text_config_is_read() -> None:
    assert layer_groups({"model_type": "gemma3", "text_config": GEMMA_3_27B}) == layer_groups(GEMMA_3_27B)


def test_layer_types_win_over_the_familys_pattern() -> None:
    types = ["full_attention"] * 2 + ["sliding_attention"] * 60
    assert kinds({**GEMMA_3_27B, "layer_types": types}) == [("full", 2), ("sliding", 60)]


@pytest.mark.parametrize("family", ["gemma2", "gpt_oss"])
def test_alternating_families_slide_in_every_other_layer_first(family: str) -> None:
    config = {**LLAMA_3_70B, "model_type": family, "sliding_window": 128}
    assert kinds(config) == [("sliding", 40), ("full", 40)]


def test_qwen3_next_has_12_full_and_36_recurrent_layers() -> None:
    recurrent, full = layer_groups(QWEN3_NEXT)
    assert (recurrent["kind"], recurrent["layers"], full["kind"], full["layers"]) == (
        "recurrent",
        36,
        "full",
        12,
    )
    assert recurrent["conv_state_values"] == (2 * 16 * 128 + 32 * 128) * 3
    assert recurrent["recurrent_state_values"] == 32 * 128 * 128
    assert (full["kv_heads"], full["key_dim"]) == (2, 256)


def test_the_states_bits_are_known_only_where_the_config_says_so() -> None:
    assert layer_groups(QWEN3_NEXT)[0]["recurrent_state_bits"] is None
    assert layer_groups({**QWEN3_NEXT, "mamba_ssm_dtype": "float32"})[0]["recurrent_state_bits"] == 32


def test_nemotron_3_nano_keeps_23_states_six_caches_and_nothing_in_experts() -> None:
    assert sorted(kinds(NEMOTRON_3_NANO)) == [("full", 6), ("none", 23), ("recurrent", 23)]
    state = next(group for group in layer_groups(NEMOTRON_3_NANO) if group["kind"] == "recurrent")
    assert state["conv_state_values"] == (64 * 64 + 2 * 8 * 128) * 3
    assert (state["recurrent_state_values"], state["recurrent_state_bits"]) == (64 * 64 * 128, 32)


def test_mamba_1_keeps_inner_times_state() -> None:
    config = {"model_type": "mamba", "num_hidden_layers": 64, "hidden_size": 2560, "expand": 2,
              "intermediate_size": 5120, "state_size": 16, "conv_kernel": 4}  # fmt: skip
    (group,) = layer_groups(config)
    assert (group["layers"], group["conv_state_values"], group["recurrent_state_values"]) == (
        64,
        15360,
        81920,
    )


def test_jamba_is_full_once_a_period() -> None:
    config = {"model_type": "jamba", "num_hidden_layers": 32, "hidden_size": 4096, "num_attention_heads": 32,
              "num_key_value_heads": 8, "attn_layer_period": 8, "attn_layer_offset": 4, "mamba_expand": 2,
              "mamba_d_state": 16, "mamba_d_conv": 4, "intermediate_size": 14336}  # fmt: skip
    assert kinds(config) == [("recurrent", 28), ("full", 4)]
    assert layer_groups(config)[0]["recurrent_state_values"] == 8192 * 16


def test_falcon_h1_keeps_both_caches_in_every_layer() -> None:
    full, state = layer_groups(FALCON_H1)
    assert (full["kind"], full["layers"], state["kind"], state["layers"]) == ("full", 24, "recurrent", 24)
    assert state["recurrent_state_values"] == 48 * 64 * 256
    assert state["conv_state_values"] == (3072 + 2 * 256) * 3


def test_kimi_linear_counts_its_layers_from_one() -> None:
    recurrent, mla = layer_groups(KIMI_LINEAR)
    assert (recurrent["layers"], mla["layers"], mla["latent_dim"]) == (6, 2, 512)
    assert recurrent["conv_state_values"] == 3 * 32 * 128 * 3
    assert recurrent["recurrent_state_values"] == 32 * 128 * 128


def test_lfm2_short_convolutions_keep_two_inputs_of_three_taps() -> None:
    config = {"model_type": "lfm2", "num_hidden_layers": 4, "hidden_size": 1024, "num_attention_heads": 16,
              "num_key_value_heads": 8, "conv_L_cache": 3, "full_attn_idxs": [2]}  # fmt: skip
    conv, full = layer_groups(config)
    assert (conv["layers"], conv["conv_state_values"], conv["recurrent_state_values"]) == (3, 2048, 0)
    assert full["layers"] == 1


def test_deepseek_v4_keeps_a_window_everywhere_and_compressed_entries_beside_it() -> None:
    window, sparse, heavy = layer_groups(DEEPSEEK_V4)
    assert (window["layers"], window["window_tokens"], window["key_dim"], window["value_dim"]) == (
        4,
        128,
        512,
        0,
    )
    assert (sparse["layers"], sparse["compression_ratio"], sparse["index_dim"]) == (2, 4, 128)
    assert (heavy["layers"], heavy["compression_ratio"], heavy["index_dim"]) == (1, 128, None)
    assert sparse["latent_dim"] + sparse["rope_dim"] == 512


def test_llama_4_is_full_in_every_fourth_layer_and_chunked_elsewhere() -> None:
    config = {
        **LLAMA_3_70B,
        "model_type": "llama4_text",
        "num_hidden_layers": 48,
        "attention_chunk_size": 8192,
    }
    assert kinds(config) == [("chunked", 36), ("full", 12)]
    assert layer_groups(config)[0]["window_tokens"] == 8192
    own = [1, 1, 0] * 16
    assert kinds({**config, "no_rope_layers": own}) == [("chunked", 32), ("full", 16)]


def test_gemma_3n_shares_the_cache_of_the_last_own_layer_of_the_same_type() -> None:
    config = {"model_type": "gemma3n_text", "num_hidden_layers": 35, "hidden_size": 2048,
              "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 256, "sliding_window": 512,
              "num_kv_shared_layers": 15}  # fmt: skip
    groups = layer_groups(config)
    assert [(g["kind"], g["layers"], g["window_tokens"]) for g in groups] == [
        ("sliding", 16, 512), ("full", 4, None), ("shared", 12, 512), ("shared", 3, None),
    ]  # fmt: skip
    assert [group["shares_with"] for group in groups] == [None, None, 0, 1]


def test_gemma_4_full_layers_have_heads_of_their_own() -> None:
    config = {"model_type": "gemma4_text", "num_hidden_layers": 30, "hidden_size": 2816,
              "num_attention_heads": 16,
              "num_key_value_heads": 8, "head_dim": 256, "global_head_dim": 512,
              "num_global_key_value_heads": 2,
              "attention_k_eq_v": True, "sliding_window": 1024}  # fmt: skip
    sliding, full = layer_groups(config)
    assert (sliding["layers"], sliding["kv_heads"], sliding["key_dim"]) == (25, 8, 256)
    assert (full["layers"], full["kv_heads"], full["key_dim"], full["value_dim"]) == (5, 2, 512, 512)
    assert layer_groups({**config, "attention_k_eq_v": False})[1]["kv_heads"] == 8


def test_mimo_v2_values_are_narrower_than_keys() -> None:
    config = {**LLAMA_3_70B, "num_hidden_layers": 3, "head_dim": 192, "v_head_dim": 128,
              "num_key_value_heads": 4,
              "hybrid_layer_pattern": [0, 1, 1], "swa_num_key_value_heads": 8, "swa_head_dim": 192,
              "swa_v_head_dim": 128, "sliding_window": 128}  # fmt: skip
    full, local = layer_groups(config)
    assert (full["kv_heads"], full["key_dim"], full["value_dim"]) == (4, 192, 128)
    assert (local["layers"], local["kv_heads"], local["window_tokens"]) == (2, 8, 128)


def test_nas_blocks_without_attention_keep_nothing() -> None:
    blocks = [{"attention": {"n_heads_in_group": 8}}, {"attention": {"no_op": True}},
              {"attention": {"replace_with_linear": True}},
              {"attention": {"n_heads_in_group": 16}}]  # fmt: skip
    groups = layer_groups({**LLAMA_3_70B, "num_hidden_layers": 4, "block_configs": blocks})
    assert [(g["kind"], g["layers"], g["kv_heads"]) for g in groups] == [
        ("full", 1, 8), ("none", 2, None), ("full", 1, 4),
    ]  # fmt: skip


def test_minimax_m3_sparse_layers_add_an_index_key() -> None:
    sparse = {"sparse_attention_freq": [0] + [1] * 79, "sparse_index_dim": 128}
    groups = layer_groups({**LLAMA_3_70B, "sparse_attention_config": sparse})
    assert [(g["kind"], g["layers"], g["index_dim"]) for g in groups] == [
        ("full", 1, None),
        ("full", 79, 128),
    ]


def test_llama_3_2_vision_cross_attends_to_the_image() -> None:
    assert kinds({**LLAMA_3_70B, "cross_attention_layers": [3, 8]}) == [("full", 78), ("cross", 2)]


@pytest.mark.parametrize(
    ("config", "heads"),
    [
        ({"model_type": "falcon", "multi_query": True, "num_attention_heads": 71, "hidden_size": 4544}, 1),
        ({"model_type": "falcon", "new_decoder_architecture": True, "num_kv_heads": 8, "multi_query": True,
          "num_attention_heads": 128, "hidden_size": 8192}, 8),
        ({"model_type": "falcon", "multi_query": False, "num_attention_heads": 32, "hidden_size": 4096}, 32),
        ({"model_type": "gpt_bigcode", "multi_query": True, "n_head": 48, "n_embd": 6144}, 1),
        ({"model_type": "mpt", "attn_config": {"kv_n_heads": 8}, "n_heads": 32, "d_model": 4096}, 8),
        ({"model_type": "chatglm", "multi_query_attention": True, "multi_query_group_num": 2,
          "num_attention_heads": 32, "hidden_size": 4096}, 2),
    ],
)  # fmt: skip
def test_multi_query_families_cache_few_heads(config: dict[str, Any], heads: int) -> None:
    assert layer_groups({**config, "num_hidden_layers": 2})[0]["kv_heads"] == heads


def test_gpt_2_key_names_are_understood() -> None:
    (group,) = layer_groups({"model_type": "gpt2", "n_layer": 12, "n_head": 12, "n_embd": 768})
    assert (group["layers"], group["kv_heads"], group["key_dim"]) == (12, 12, 64)


def test_an_encoder_keeps_no_cache() -> None:
    bert = {"model_type": "bert", "num_hidden_layers": 12, "hidden_size": 768, "num_attention_heads": 12}
    assert kinds(bert) == [("none", 12)]
    assert kinds({**bert, "is_decoder": True}) == [("full", 12)]


def test_a_window_that_is_switched_off_is_no_window() -> None:
    qwen = {**LLAMA_3_70B, "model_type": "qwen2", "sliding_window": 32768, "max_window_layers": 70}
    assert kinds({**qwen, "use_sliding_window": False}) == [("full", 80)]
    assert kinds(qwen) == [("full", 80)]
    assert kinds({**qwen, "use_sliding_window": True}) == [("full", 70), ("sliding", 10)]


def test_mistral_7b_slides_in_every_layer_and_a_null_window_in_none() -> None:
    mistral = {**LLAMA_3_70B, "model_type": "mistral", "sliding_window": 4096}
    assert kinds(mistral) == [("sliding", 80)]
    assert kinds({**mistral, "sliding_window": None}) == [("full", 80)]


def test_what_cannot_be_told_is_refused_with_its_reason() -> None:
    with pytest.raises(LayerError, match="no rule says which layers of strange"):
        layer_groups({**LLAMA_3_70B, "model_type": "strange", "sliding_window": 4096})
    with pytest.raises(LayerError, match="no rule for layer type magic"):
        layer_groups({**LLAMA_3_70B, "layer_types": ["magic"]})
    with pytest.raises(LayerError, match="encoder-decoder"):
        layer_groups({"model_type": "t5", "num_layers": 2})
    with pytest.raises(LayerError, match="num_hidden_layers"):
        layer_groups({"model_type": "llama"})


def test_recurrent_gemma_alternates_two_recurrences_and_a_window() -> None:
    config = {
        "model_type": "recurrent_gemma", "num_hidden_layers": 26, "hidden_size": 2560, "num_attention_heads": 10,
        "num_key_value_heads": 1, "lru_width": 2560, "attention_window_size": 2048,
    }  # fmt: skip
    state, window = layer_groups(config)
    assert (state["kind"], state["layers"], state["recurrent_state_values"]) == ("recurrent", 18, 2560)
    assert (state["conv_state_values"], state["recurrent_state_bits"]) == (7680, 32)
    assert (window["kind"], window["layers"], window["kv_heads"], window["key_dim"]) == ("sliding", 8, 1, 256)
    assert window["window_tokens"] == 2048


def test_gpt_neo_is_local_in_every_other_layer() -> None:
    config = {
        "model_type": "gpt_neo", "num_layers": 24, "hidden_size": 2048, "num_heads": 16,
        "attention_types": [[["global", "local"], 12]],
    }  # fmt: skip
    full, local = layer_groups(config)
    assert [(g["kind"], g["layers"], g["window_tokens"]) for g in (full, local)] == [
        ("full", 12, None),
        ("sliding", 12, 256),
    ]
