"""Exact parameter counts, against counts that the models' makers or the Hugging Face hub publish."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: it instantiates configs on its meta device")
pytest.importorskip("transformers", reason="transformers is not installed: it knows the architectures")

from catalog_db.importers import derive as command
from catalog_db.importers.tensors import TensorError, classify, tensor_groups

LLAMA_3_8B = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 128256,
    "max_position_embeddings": 8192, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
}  # fmt: skip
LLAMA_3_70B = LLAMA_3_8B | {
    "hidden_size": 8192, "intermediate_size": 28672, "num_attention_heads": 64, "num_hidden_layers": 80,
}  # fmt: skip
QWEN_2_5_7B = {
    "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_attention_heads": 28, "num_hidden_layers": 28, "num_key_value_heads": 4, "vocab_size": 152064,
    "tie_word_embeddings": False,
}  # fmt: skip
MIXTRAL_8X7B = {
    "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 4096,
    "intermediate_size": 14336, "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "num_local_experts": 8, "num_experts_per_tok": 2, "vocab_size": 32000, "tie_word_embeddings": False,
}  # fmt: skip
DEEPSEEK_V3 = {
    "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "first_k_dense_replace": 3,
    "hidden_size": 7168, "intermediate_size": 18432, "kv_lora_rank": 512, "moe_intermediate_size": 2048,
    "n_group": 8, "n_routed_experts": 256, "n_shared_experts": 1, "num_attention_heads": 128,
    "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 128,
    "num_nextn_predict_layers": 1,
    "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "topk_group": 4, "v_head_dim": 128,
    "vocab_size": 129280, "tie_word_embeddings": False,
    "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]},
}  # fmt: skip
GPT_OSS_20B = {
    "architectures": ["GptOssForCausalLM"], "model_type": "gpt_oss", "attention_bias": True, "head_dim": 64,
    "hidden_size": 2880, "intermediate_size": 2880, "num_attention_heads": 64, "num_experts_per_tok": 4,
    "num_hidden_layers": 24, "num_key_value_heads": 8, "num_local_experts": 32, "sliding_window": 128,
    "tie_word_embeddings": False, "vocab_size": 201088, "quantization_config": {"quant_method": "mxfp4"},
}  # fmt: skip
GPT_OSS_120B = GPT_OSS_20B | {"num_hidden_layers": 36, "num_local_experts": 128}
QWEN3_NEXT = {
    "architectures": ["Qwen3NextForCausalLM"], "model_type": "qwen3_next", "full_attention_interval": 4,
    "head_dim": 256, "hidden_size": 2048, "intermediate_size": 5120, "linear_conv_kernel_dim": 4,
    "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 32,
    "linear_value_head_dim": 128, "moe_intermediate_size": 512, "num_attention_heads": 16, "num_experts": 512,
    "num_experts_per_tok": 10, "num_hidden_layers": 48, "num_key_value_heads": 2,
    "shared_expert_intermediate_size": 512, "tie_word_embeddings": False, "vocab_size": 151936,
}  # fmt: skip
GLM_5 = {
    "architectures": ["GlmMoeDsaForCausalLM"], "model_type": "glm_moe_dsa", "first_k_dense_replace": 3,
    "hidden_size": 6144, "index_head_dim": 128, "index_n_heads": 32, "intermediate_size": 12288,
    "kv_lora_rank": 512, "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
    "num_attention_heads": 64, "num_experts_per_tok": 8, "num_hidden_layers": 78, "num_key_value_heads": 64,
    "num_nextn_predict_layers": 1, "q_lora_rank": 2048, "qk_nope_head_dim": 192, "qk_rope_head_dim": 64,
    "tie_word_embeddings": False, "v_head_dim": 256, "vocab_size": 154880,
}  # fmt: skip
GLM_5_2 = GLM_5 | {"indexer_types": ["full"] * 2 + (["full"] + ["shared"] * 3) * 19}
DEEPSEEK_V4_FLASH = {
    "architectures": ["DeepseekV4ForCausalLM"], "model_type": "deepseek_v4", "hc_mult": 4, "head_dim": 512,
    "hidden_size": 4096, "index_head_dim": 128, "index_n_heads": 64, "index_topk": 512,
    "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1, "num_attention_heads": 64,
    "num_experts_per_tok": 6, "num_hash_layers": 3, "num_hidden_layers": 43, "num_key_value_heads": 1,
    "num_nextn_predict_layers": 1, "o_groups": 8, "o_lora_rank": 1024, "q_lora_rank": 1024,
    "qk_rope_head_dim": 64, "sliding_window": 128, "tie_word_embeddings": False, "vocab_size": 129280,
    "compress_ratios": [0, 0] + [4, 128] * 20 + [4, 0],
}  # fmt: skip
GEMMA_3_27B = {
    "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3", "mm_tokens_per_image": 256,
    "text_config": {
        "model_type": "gemma3_text", "hidden_size": 5376, "intermediate_size": 21504, "num_hidden_layers": 62,
        "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128, "vocab_size": 262208,
        "sliding_window": 1024,
    },
    "vision_config": {
        "model_type": "siglip_vision_model", "hidden_size": 1152, "image_size": 896,
        "intermediate_size": 4304,
        "num_attention_heads": 16, "num_hidden_layers": 27, "patch_size": 14, "vision_use_head": False,
    },
}  # fmt: skip
BERT_BASE = {
    "architectures": ["BertForMaskedLM"], "model_type": "bert", "hidden_size": 768, "intermediate_size": 3072,
    "num_attention_heads": 12, "num_hidden_layers": 12, "vocab_size": 30522, "max_position_embeddings": 512,
    "type_vocab_size": 2,
}  # fmt: skip
GPT_2 = {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_layer": 12, "n_head": 12,
         "n_embd": 768, "vocab_size": 50257, "n_positions": 1024}  # fmt: skip


def rows(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Tensor groups of a config."""
    return tensor_groups(config).groups


def total(config: dict[str, Any], without: str = "") -> int:
    """Parameters of a config, one role left out."""
    return sum(row["param_count"] for row in rows(config) if row["role"] != without)


@pytest.mark.parametrize(
    ("config", "published"),
    [
        (LLAMA_3_8B, 8_030_261_248),
        (LLAMA_3_70B, 70_553_706_496),
        (QWEN_2_5_7B, 7_615_616_512),
        (MIXTRAL_8X7B, 46_702_792_704),
        (GPT_OSS_20B, 20_914_757_184),
        (GPT_OSS_120B, 116_829_156_672),
        (GEMMA_3_27B, 27_432_406_640),
        (BERT_BASE, 109_482_240),
        (GPT_2, 124_439_808),
        (QWEN3_NEXT, 81_324_862_720),
        (GLM_5, 753_864_139_008),
        (GLM_5_2, 753_329_940_480),
    ],
    ids=lambda value: value.get("model_type") if isinstance(value, dict) else str(value),
)
def test_totals_are_the_published_ones(config: dict[str, Any], published: int) -> None:
    assert total(config) == published


def test_deepseek_v3_without_mtp_is_671_billion() -> None:
    assert total(DEEPSEEK_V3, without="mtp") == 671_026_419_200


def test_deepseek_v3_with_mtp_and_the_scales_of_its_fp8_blocks_is_what_the_hub_counts() -> None:
    scales = 0
    for row in rows(DEEPSEEK_V3):
        name = f"{row['role']}_{row['part']}".removeprefix("mtp_")
        if name.startswith(("attention", "mlp", "expert", "shared_expert")):
            blocks = -(-row["out_features"] // 128) * -(-row["in_features"] // 128)
            scales += row["tensors"] * blocks
    assert total(DEEPSEEK_V3) + scales == 684_531_386_000


def test_deepseek_v4_flash_packed_as_its_checkpoint_is_what_the_hub_counts() -> None:
    """Two FP4 values a byte and a scale for each 32; FP8 blocks of 128; a table of 6 experts a token id."""
    packed = 3 * 129280 * 6
    fp8 = {"q_a", "q_b", "kv", "o_a", "o_b"}
    for row in rows(DEEPSEEK_V4_FLASH):
        place = f"{row['role']}_{row['part']}".removeprefix("mtp_")
        role, _, part = place.partition("_")
        count = row["param_count"]
        if role == "expert":
            packed += count // 2 + count // 32
            continue
        is_projection = row["role"] == "mtp" and (row["out_features"], row["in_features"]) == (4096, 4096)
        is_indexer = part == "indexer" and row["out_features"] == 8192
        if (role == "attention" and part in fp8) or is_indexer or role == "shared" or is_projection:
            packed += row["tensors"] * (row["out_features"] // 128) * (row["in_features"] // 128)
        packed += count
    assert packed == 158_069_433_298


def test_every_row_multiplies_out_and_counts_its_layers() -> None:
    for row in rows(DEEPSEEK_V3):
        assert row["param_count"] == row["tensors"] * row["out_features"] * row["in_features"]
        assert 1 <= row["layers"] <= 61
    places = [(row["role"], row["part"], row["out_features"], row["in_features"]) for row in rows(DEEPSEEK_V3)]
    assert len(places) == len(set(places))


def test_fused_experts_count_as_one_matrix_an_expert_with_inputs_last() -> None:
    down = next(row for row in rows(MIXTRAL_8X7B) if (row["role"], row["part"]) == ("expert", "down"))
    assert (down["tensors"], down["layers"]) == (32 * 8, 32)
    assert (down["out_features"], down["in_features"]) == (4096, 14336)
    up = next(row for row in rows(GPT_OSS_20B) if (row["role"], row["part"]) == ("expert", "gate_up"))
    assert (up["out_features"], up["in_features"]) == (5760, 2880)


def test_routers_sinks_and_biases_have_their_own_rows() -> None:
    counts: dict[tuple[str, str], int] = {}
    for row in rows(GPT_OSS_20B):
        place = (row["role"], row["part"])
        counts[place] = counts.get(place, 0) + row["param_count"]
    assert counts["attention", "sink"] == 24 * 64
    assert counts["router", "bias"] == 24 * 32
    assert counts["expert", "bias"] == 24 * 32 * (5760 + 2880)
    assert counts["attention", "bias"] == 24 * (4096 + 2 * 512 + 2880)


def test_gpt_2s_transposed_matrices_are_turned_round() -> None:
    up = next(row for row in rows(GPT_2) if (row["role"], row["part"]) == ("mlp", "up"))
    assert (up["out_features"], up["in_features"]) == (3072, 768)


def test_a_tied_head_is_no_row() -> None:
    tied = tensor_groups(LLAMA_3_8B | {"tie_word_embeddings": True})
    assert tied.is_tied and "lm_head" not in {row["role"] for row in tied.groups}
    assert total(LLAMA_3_8B) - sum(row["param_count"] for row in tied.groups) == 128256 * 4096
    assert not tensor_groups(LLAMA_3_8B).is_tied


def test_a_vision_tower_is_a_role_and_the_text_is_not_in_it() -> None:
    towers = {row["part"] for row in rows(GEMMA_3_27B) if row["role"] == "vision"}
    assert {"attention", "mlp", "norm", "embedding", "projector"} <= towers
    assert next(row for row in rows(GEMMA_3_27B) if row["role"] == "embedding")["out_features"] == 262208


def test_a_multi_modal_config_without_its_tower_counts_the_text_and_says_so() -> None:
    config = {key: value for key, value in GEMMA_3_27B.items() if key != "vision_config"}
    derived = tensor_groups(config)
    assert "vision" not in {row["role"] for row in derived.groups}
    assert any("text model only" in note for note in derived.notes)


def test_a_flat_config_of_a_nested_family_is_refused() -> None:
    with pytest.raises(TensorError, match="nests a text_config"):
        tensor_groups({"model_type": "gemma3", "hidden_size": 5376, "num_hidden_layers": 62})
    with pytest.raises(TensorError, match="does not know model_type 'kimi_k99'"):
        tensor_groups({"model_type": "kimi_k99"})


def test_lfm2s_convolution_layers_have_a_plain_mlp_and_plain_norms() -> None:
    config = {
        "architectures": ["Lfm2ForCausalLM"], "model_type": "lfm2", "num_hidden_layers": 3, "hidden_size": 1024,
        "num_attention_heads": 16, "num_key_value_heads": 8, "conv_L_cache": 3, "full_attn_idxs": [2],
        "block_ff_dim": 6656, "block_multiple_of": 256, "block_auto_adjust_ff_dim": True, "vocab_size": 65536,
    }  # fmt: skip
    rows = tensor_groups(config).groups
    assert {row["part"] for row in rows if row["role"] == "mixer"} == {"conv", "in", "out"}
    mlp = [(row["part"], row["out_features"], row["tensors"], row["layers"]) for row in rows if row["role"] == "mlp"]
    assert mlp == [("gate", 4608, 3, 3), ("up", 4608, 3, 3), ("down", 1024, 3, 3)]


def test_nas_blocks_are_counted_one_by_one() -> None:
    config = LLAMA_3_8B | {
        "model_type": "nemotron-nas", "num_hidden_layers": 2, "vocab_size": 100,
        "block_configs": [
            {"attention": {"n_heads_in_group": 4}, "ffn": {"ffn_mult": 5.25}},
            {"attention": {"no_op": True}, "ffn": {"no_op": True}},
        ],
    }  # fmt: skip
    like = LLAMA_3_8B | {"num_hidden_layers": 1, "vocab_size": 100, "intermediate_size": 14336}
    assert total(config) == total(like)


def test_mtp_layers_without_a_proof_are_left_out_and_named() -> None:
    derived = tensor_groups(LLAMA_3_8B | {"num_nextn_predict_layers": 1})
    assert sum(row["param_count"] for row in derived.groups) == 8_030_261_248
    assert any("left out" in note for note in derived.notes)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("model.layers.0.linear_attn.in_proj_qkvz.weight", ("mixer", "in")),
        ("model.layers.0.linear_attn.A_log", ("mixer", "a")),
        ("model.layers.0.linear_attn.norm.weight", ("mixer", "norm")),
        ("model.layers.0.mlp.shared_expert_gate.weight", ("router", "shared_gate")),
        ("model.layers.0.mlp.gate.e_score_correction_bias", ("router", "bias")),
        ("model.layers.0.mlp.gate_proj.weight", ("mlp", "gate")),
        ("model.layers.0.mlp.experts.3.down_proj.weight", ("expert", "down")),
        ("model.layers.0.self_attn.indexer.wk.weight", ("attention", "indexer")),
        ("model.layers.0.self_attn.kv_a_layernorm.weight", ("norm", "weight")),
        ("bert.encoder.layer.0.output.dense.weight", ("mlp", "down")),
        ("bert.pooler.dense.weight", ("other", "pooler")),
        ("transformer.wpe.weight", ("embedding", "position")),
    ],
)
def test_names_have_a_role_and_a_part(name: str, place: tuple[str, str]) -> None:
    assert classify(name, {"model.layers.0.linear_attn"}) == place


# ---------------------------------------------------------------- the command

MANIFEST = ("model_id", "hf_id", "name", "organization_id", "family", "source_id", "locator", "tier", "notes")


def write_manifest(folder: Path, *model_ids: str) -> Path:
    """A manifest of models whose configs are <model_id>.json."""
    path = folder / "manifest.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(MANIFEST)
        for one in model_ids:
            writer.writerow(
                (one, f"maker/{one}", one.title(), "maker", "Family", "some-source", f"{one}.json", "B", "")
            )
    return path


def read(path: Path) -> list[dict[str, str]]:
    """A CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_command_writes_three_tables_and_reports_failures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_manifest(tmp_path, "zeta", "alpha", "lost")
    (tmp_path / "zeta.json").write_text(json.dumps(DEEPSEEK_V3), encoding="utf-8")
    (tmp_path / "alpha.json").write_text(json.dumps(LLAMA_3_8B), encoding="utf-8")
    arguments = ["--manifest", str(manifest), "--configs", str(tmp_path), "--out", str(tmp_path / "out")]
    assert command.main(arguments) == 1
    assert "left out: lost" in capsys.readouterr().err
    alpha, zeta = read(tmp_path / "out" / "model.csv")
    assert (alpha["model_id"], alpha["kv_heads"], alpha["native_weight_format_id"]) == ("alpha", "8", "bf16")
    assert (zeta["kv_heads"], zeta["head_dim"], zeta["native_weight_format_id"]) == (
        "",
        "192",
        "fp8-block-128",
    )
    assert (alpha["is_tied"], alpha["is_encoder"], alpha["source_id"]) == ("false", "false", "some-source")
    counted = sum(
        int(r["param_count"]) for r in read(tmp_path / "out" / "tensor_group.csv") if r["model_id"] == "alpha"
    )
    assert counted == 8_030_261_248
    assert [r["kind"] for r in read(tmp_path / "out" / "layer_group.csv")] == ["full", "mla"]


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, "alpha")
    (tmp_path / "alpha.json").write_text(json.dumps(GPT_OSS_20B), encoding="utf-8")
    for out in ("one", "two"):
        assert (
            command.main(["--manifest", str(manifest), "--configs", str(tmp_path), "--out", str(tmp_path / out)]) == 0
        )
    for table in ("model", "layer_group", "tensor_group"):
        first, second = ((tmp_path / out / f"{table}.csv").read_bytes() for out in ("one", "two"))
        assert first == second and b"\r" not in first


def test_configs_are_read_from_a_clone_at_the_sources_revision(tmp_path: Path) -> None:
    clone = tmp_path / "clones" / "maker+models"
    clone.mkdir(parents=True)
    (clone / "alpha.json").write_text(json.dumps(LLAMA_3_8B), encoding="utf-8")
    git = ["git", "-C", str(clone), "-c", "user.name=t", "-c", "user.email=t@t"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *arguments], check=True)
    revision = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    (clone / "alpha.json").write_text("{}", encoding="utf-8")
    sources = tmp_path / "source.csv"
    sources.write_text(f"source_id,url,revision\nsome-source,https://github.com/maker/models,{revision}\n")
    manifest = write_manifest(tmp_path, "alpha")
    arguments = ["--manifest", str(manifest), "--clones", str(tmp_path / "clones"), "--sources", str(sources)]
    assert command.main([*arguments, "--out", str(tmp_path / "out")]) == 0
    assert read(tmp_path / "out" / "model.csv")[0]["layers"] == "32"


@pytest.mark.parametrize(
    ("change", "tokens"),
    [
        ({}, 8192),
        ({"max_position_embeddings": 163840,
          "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 4096}}, 163840),
        ({"max_position_embeddings": 32768,
          "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
          "original_max_position_embeddings": 32768}}, 131072),
        ({"max_position_embeddings": 131072,
          "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
          "original_max_position_embeddings": 8192}}, 131072),
    ],
)  # fmt: skip
def test_context_is_what_the_config_supports_after_its_own_scaling(change: dict[str, Any], tokens: int) -> None:
    assert command.context_tokens(LLAMA_3_8B | change) == tokens


def test_a_checkpoint_named_fp8_without_a_quantization_config_has_no_known_format() -> None:
    derived = command.derive(LLAMA_3_8B | {"num_hidden_layers": 1})
    command.drop_unsaid_format({"hf_id": "maker/Model-FP8"}, derived)
    assert derived.model["native_weight_format_id"] is None
    assert any("name says FP8" in note for note in derived.notes)
