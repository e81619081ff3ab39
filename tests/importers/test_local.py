"""Configs and checkpoints on disk: exact tensors, exact sizes, packed integers turned back, and what stays unknown."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import made_up
import numpy as np
import pytest

from catalog_db.errors import UsageError
from catalog_db.importers import config_file, local
from catalog_db.importers.understood import Understood


def parameters(found: Understood, *roles: str) -> int:
    return sum(group["param_count"] for group in found.tensor_groups if not roles or group["role"] in roles)


def shapes(found: Understood) -> set[tuple[Any, ...]]:
    columns = ("role", "part", "out_features", "in_features", "tensors")
    return {tuple(group[column] for column in columns) for group in found.tensor_groups}


def test_a_config_gives_the_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(made_up.CONFIG), encoding="utf-8")
    found = local.read(tmp_path / "config.json")
    assert parameters(found) == made_up.PARAMETERS
    assert found.model["context_tokens"] == 4096
    assert [(group["kind"], group["layers"], group["kv_heads"], group["key_dim"]) for group in found.layer_groups] == [
        ("full", 3, 2, 16)
    ]
    assert found.origin.revision is not None and found.origin.revision.startswith("sha256:")
    assert found.storage is None and found.format_id == "fp16"


@pytest.mark.parametrize("shards", [1, 3])
def test_headers_give_the_same_model_and_its_exact_size(tmp_path: Path, shards: int) -> None:
    found = local.read(made_up.folder(tmp_path, made_up.plain(), shards=shards))
    assert parameters(found) == made_up.PARAMETERS
    assert found.storage is not None and found.storage.total_bytes == 2 * made_up.PARAMETERS
    assert found.format_id == "fp16" and found.is_exact_recipe


QUANTISED: dict[str, tuple[Callable[[], made_up.Arrays], dict[str, Any], str, str]] = {
    "awq": (made_up.awq, {"quant_method": "awq", "bits": 4, "group_size": 32}, "awq-int4-g128", "int4"),
    "gptq": (made_up.gptq, {"quant_method": "gptq", "bits": 4, "group_size": 32}, "gptq-int4-g128", "int4"),
    "compressed-tensors": (
        made_up.compressed,
        {
            "quant_method": "compressed-tensors",
            "format": "pack-quantized",
            "config_groups": {"group_0": {"weights": {"num_bits": 4}}},
        },
        "w4a16-g128",
        "int4",
    ),
    "int8": (made_up.int8, {"quant_method": "compressed-tensors", "format": "int-quantized"}, "int8-w8a8", "int8"),
    "nvfp4": (made_up.nvfp4, {"quant_method": "modelopt", "quant_algo": "NVFP4"}, "nvfp4", "fp4"),
    "bitsandbytes": (made_up.bnb4, {"quant_method": "bitsandbytes", "load_in_4bit": True}, "bnb-nf4", "int4"),
}


@pytest.mark.parametrize("name", QUANTISED)
def test_packed_integers_are_not_parameters(name: str, tmp_path: Path) -> None:
    arrays, quantization, base, family = QUANTISED[name]
    stored = arrays()
    found = local.read(made_up.folder(tmp_path, stored, made_up.CONFIG | {"quantization_config": quantization}))
    assert parameters(found) == made_up.PARAMETERS
    assert found.storage is not None
    assert found.storage.total_bytes == sum(array.nbytes for array in stored.values())
    assert sum(size for _, size in found.storage.places.values()) == found.storage.total_bytes
    assert (found.format_id, found.storage.family) == (base, family)
    assert not found.is_exact_recipe, "its own exact storage counts, not the recipe's"
    if name != "bitsandbytes":  # stores no shapes, counts alone
        assert shapes(found) == shapes(local.read(made_up.folder(tmp_path / "plain", made_up.plain())))


def test_fused_mxfp4_experts_are_matrices_again(tmp_path: Path) -> None:
    config = made_up.CONFIG | {
        "model_type": "gpt_oss",
        "architectures": ["GptOssForCausalLM"],
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "head_dim": 16,
        "sliding_window": 128,
        "quantization_config": {"quant_method": "mxfp4"},
    }
    arrays = made_up.plain(config)
    plain = local.read(made_up.folder(tmp_path / "plain", arrays, config))
    for name in [
        name for name in arrays if name.endswith("experts.gate_up_proj") or name.endswith("experts.down_proj")
    ]:
        experts, out, inside = arrays.pop(name).shape
        arrays[f"{name}_blocks"] = np.zeros((experts, out, inside // 32, 16), np.uint8)
        arrays[f"{name}_scales"] = np.zeros((experts, out, inside // 32), np.uint8)
    found = local.read(made_up.folder(tmp_path / "packed", arrays, config))
    assert parameters(found) == parameters(plain)
    assert shapes(found) == shapes(plain)
    assert found.format_id == "mxfp4" and found.is_exact_recipe, "engines pad its experts: the format's rules know that"


def test_mtp_layers_and_a_copied_head_are_told_apart(tmp_path: Path) -> None:
    arrays = made_up.plain()
    arrays["model.layers.3.mlp.up_proj.weight"] = np.zeros((128, 64), np.float16)
    found = local.read(made_up.folder(tmp_path / "mtp", arrays))
    assert parameters(found, "mtp") == 128 * 64
    assert parameters(found) == made_up.PARAMETERS + 128 * 64
    tied = local.read(
        made_up.folder(tmp_path / "tied", made_up.plain(), made_up.CONFIG | {"tie_word_embeddings": True})
    )
    assert tied.model["is_tied"]
    assert parameters(tied, "lm_head") == 0


def test_an_unknown_architecture_keeps_its_weights_and_no_cache(tmp_path: Path) -> None:
    config = made_up.CONFIG | {"model_type": "wormhole", "architectures": ["WormholeForCausalLM"]}
    found = local.read(made_up.folder(tmp_path, made_up.plain(), config))
    assert parameters(found) == made_up.PARAMETERS
    assert found.layer_groups == []
    assert any("'wormhole' is not known" in note for note in found.notes)
    known = local.read(tmp_path, {"WormholeForCausalLM"})
    assert len(known.layer_groups) == 1, "an architecture that the catalog holds models of is known"


def test_weights_without_a_config_are_sized_and_no_more(tmp_path: Path) -> None:
    folder = made_up.folder(tmp_path, made_up.plain())
    (folder / "config.json").unlink()
    found = local.read(folder / "model.safetensors")
    assert parameters(found) == made_up.PARAMETERS
    assert (found.model["layers"], found.model["hidden_size"], found.model["vocab_size"]) == (3, 64, 256)
    assert found.layer_groups == []


def test_headers_count_where_the_config_says_otherwise(tmp_path: Path) -> None:
    found = local.read(made_up.folder(tmp_path, made_up.plain(), made_up.CONFIG | {"intermediate_size": 256}))
    assert parameters(found) == made_up.PARAMETERS
    assert any("the headers count" in note for note in found.notes)


def test_a_scale_beside_no_matrix_is_a_parameter(tmp_path: Path) -> None:
    arrays = made_up.plain() | {"model.layers.0.router.scale": np.zeros(64, np.float16)}
    found = local.read(made_up.folder(tmp_path, arrays))
    assert parameters(found, "router") == 64


def test_what_model_optimizer_says_beside_the_config_counts(tmp_path: Path) -> None:
    folder = made_up.folder(tmp_path, made_up.nvfp4())
    (folder / "hf_quant_config.json").write_text('{"quantization": {"quant_algo": "NVFP4"}}', encoding="utf-8")
    assert local.read(folder).format_id == "nvfp4"


def test_an_unknown_packing_is_told(tmp_path: Path) -> None:
    stored = made_up.packed(lambda out, inside: {"W_q": np.zeros((out, inside // 2), np.uint8)})
    config = made_up.CONFIG | {"quantization_config": {"quant_method": "hqq"}}
    found = local.read(made_up.folder(tmp_path, stored, config))
    assert any("quantisation 'hqq' is not known" in note for note in found.notes)
    assert found.storage is not None
    assert found.storage.total_bytes == sum(array.nbytes for array in stored.values())


def test_an_adapter_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="is an adapter, not a model"):
        local.read(tmp_path)


def test_a_model_of_96_layers_and_896_experts_is_believed(tmp_path: Path) -> None:
    config = made_up.CONFIG | {
        "model_type": "qwen3_moe",
        "num_hidden_layers": 96,
        "num_experts": 896,
        "moe_intermediate_size": 32,
    }
    assert config_file.parse(json.dumps(config).encode(), "config.json")["num_experts"] == 896


# ---------------------------------------------------------------- GGUF


def test_a_gguf_file_is_read_as_its_own_library_reads_it(tmp_path: Path) -> None:
    path = made_up.gguf_file(tmp_path / "my.gguf")
    found = local.read(path)
    theirs = gguf.GGUFReader(path).tensors
    assert found.storage is not None
    assert found.storage.total_bytes == sum(int(tensor.n_bytes) for tensor in theirs)
    assert parameters(found) == sum(int(tensor.n_elements) for tensor in theirs) == made_up.GGUF_PARAMETERS
    assert found.format_name == "GGUF Q4_K_M" and found.storage.family == "gguf"
    assert [(group["kind"], group["layers"], group["kv_heads"], group["key_dim"]) for group in found.layer_groups] == [
        ("full", 2, 2, 64)
    ]
    assert found.model["context_tokens"] == 4096 and found.model["vocab_size"] == 320
    assert not found.model["is_tied"]


def test_an_unknown_gguf_architecture_keeps_its_weights_and_no_cache(tmp_path: Path) -> None:
    found = local.read(made_up.gguf_file(tmp_path / "my.gguf", "wormhole"))
    assert parameters(found) == made_up.GGUF_PARAMETERS
    assert found.layer_groups == []


def test_heads_that_differ_from_layer_to_layer_are_not_guessed(tmp_path: Path) -> None:
    found = local.read(made_up.gguf_file(tmp_path / "my.gguf", head_count_kv=[2, 1]))
    assert found.layer_groups == []
    assert any("differs from layer to layer" in note for note in found.notes)


def test_gemmas_windows_are_read_from_its_metadata(tmp_path: Path) -> None:
    found = local.read(made_up.gguf_file(tmp_path / "my.gguf", "gemma2", attention__sliding_window=512))
    assert {(group["kind"], group["window_tokens"]) for group in found.layer_groups} == {
        ("sliding", 512),
        ("full", None),
    }


def test_latent_attention_is_read_from_metadata_of_today_alone(tmp_path: Path) -> None:
    fields = {"attention__kv_lora_rank": 512, "rope__dimension_count": 64}
    old = local.read(made_up.gguf_file(tmp_path / "old.gguf", "deepseek2", **fields))
    assert old.layer_groups == []
    new = local.read(made_up.gguf_file(tmp_path / "new.gguf", "deepseek2", attention__key_length_mla=192, **fields))
    assert [(group["kind"], group["latent_dim"], group["rope_dim"]) for group in new.layer_groups] == [("mla", 512, 64)]


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    mark = tmp_path / "was run"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (mark,)

    (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UsageError, match="run code"):
        local.read(tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(UsageError):
        local.read(tmp_path)
    assert not mark.exists()
