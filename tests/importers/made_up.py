"""Made-up models for the tests: configs, safetensors checkpoints of several quantisers, GGUF files. No real weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from safetensors.numpy import save_file

from catalog_db.importers import decoders

CONFIG: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64, "intermediate_size": 128,
    "num_attention_heads": 4, "num_key_value_heads": 2, "num_hidden_layers": 3, "vocab_size": 256,
    "max_position_embeddings": 4096, "torch_dtype": "float16", "tie_word_embeddings": False,
}  # fmt: skip
PARAMETERS = 143_808
Arrays = dict[str, "np.ndarray[Any, Any]"]


def plain(config: dict[str, Any] | None = None, dtype: Any = np.float16) -> Arrays:
    """Every tensor of a config, as zeros, one file each."""
    found: Arrays = {}
    for tensor in decoders.build(config or CONFIG)[0]:
        shape = (tensor.out_features, tensor.in_features) if tensor.in_features > 1 else (tensor.out_features,)
        if tensor.count > 1:
            shape = (tensor.count, *shape)
        found[tensor.name] = np.zeros(shape, dtype)
    return found


def awq(group: int = 32) -> Arrays:
    """AutoAWQ's layout."""
    return packed(lambda out, inside: {
        "qweight": np.zeros((inside, out // 8), np.int32), "qzeros": np.zeros((inside // group, out // 8), np.int32),
        "scales": np.zeros((inside // group, out), np.float16),
    })  # fmt: skip


def gptq(group: int = 32) -> Arrays:
    """GPTQ's layout."""
    return packed(lambda out, inside: {
        "qweight": np.zeros((inside // 8, out), np.int32), "qzeros": np.zeros((inside // group, out // 8), np.int32),
        "scales": np.zeros((inside // group, out), np.float16), "g_idx": np.zeros(inside, np.int32),
    })  # fmt: skip


def compressed(group: int = 32) -> Arrays:
    """compressed-tensors, pack-quantized."""
    return packed(lambda out, inside: {
        "weight_packed": np.zeros((out, inside // 8), np.int32), "weight_shape": np.zeros(2, np.int64),
        "weight_scale": np.zeros((out, inside // group), np.float16),
    })  # fmt: skip


def nvfp4() -> Arrays:
    """Model Optimizer's NVFP4, its FP8 scales as bytes of the same size."""
    return packed(lambda out, inside: {
        "weight": np.zeros((out, inside // 2), np.uint8), "weight_scale": np.zeros((out, inside // 16), np.uint8),
        "weight_scale_2": np.zeros((), np.float32), "input_scale": np.zeros((), np.float32),
    })  # fmt: skip


def bnb4() -> Arrays:
    """bitsandbytes, 4 bits: one column of bytes."""
    return packed(lambda out, inside: {
        "weight": np.zeros((out * inside // 2, 1), np.uint8), "weight.absmax": np.zeros(out * inside // 64, np.float32),
        "weight.quant_map": np.zeros(16, np.float32), "weight.quant_state.bitsandbytes__nf4": np.zeros(80, np.uint8),
    })  # fmt: skip


def int8() -> Arrays:
    """compressed-tensors, int-quantized: a byte a weight, a scale a row."""
    return packed(lambda out, inside: {
        "weight": np.zeros((out, inside), np.int8), "weight_scale": np.zeros((out, 1), np.float16),
    })  # fmt: skip


def packed(layer: Any) -> Arrays:
    """The plain model with each projection of its layers stored as `layer(out, in)` says."""
    found: Arrays = {}
    for name, array in plain().items():
        if "_proj.weight" not in name:
            found[name] = array
            continue
        stem = name.removesuffix("weight")
        found |= {stem + leaf: part for leaf, part in layer(*array.shape).items()}
    return found


def folder(path: Path, arrays: Arrays, config: dict[str, Any] | None = None, shards: int = 1) -> Path:
    """A checkpoint's folder, its config with it."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "config.json").write_text(json.dumps(config or CONFIG), encoding="utf-8")
    if shards == 1:
        save_file(arrays, str(path / "model.safetensors"))
        return path
    weights: dict[str, str] = {}
    names = list(arrays)
    for index in range(shards):
        file = f"model-{index + 1:05d}-of-{shards:05d}.safetensors"
        part = {name: arrays[name] for name in names[index::shards]}
        save_file(part, str(path / file))
        weights |= dict.fromkeys(part, file)
    (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}), encoding="utf-8")
    return path


def gguf_file(path: Path, architecture: str = "llama", **fields: Any) -> Path:
    """A GGUF file as gguf's own writer makes it: Q4_K matrices, a Q6_K output, F32 norms, two layers."""
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_block_count(2)
    writer.add_embedding_length(256)
    writer.add_feed_forward_length(512)
    writer.add_head_count(4)
    writer.add_head_count_kv(fields.pop("head_count_kv", 2))
    writer.add_context_length(4096)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_token_list([f"token {number}" for number in range(320)])
    for name, value in fields.items():
        writer.add_uint32(f"{architecture}.{name.replace('__', '.')}", value)
    four, six = gguf.GGMLQuantizationType.Q4_K, gguf.GGMLQuantizationType.Q6_K
    add(writer, "token_embd.weight", 320, 256, four)
    add(writer, "output.weight", 320, 256, six)
    add(writer, "output_norm.weight", 256, 1, None)
    for layer in range(2):
        for name, out, inside in (
            ("attn_q", 256, 256), ("attn_k", 128, 256), ("attn_v", 128, 256), ("attn_output", 256, 256),
            ("ffn_gate", 512, 256), ("ffn_up", 512, 256), ("ffn_down", 256, 512),
        ):  # fmt: skip
            add(writer, f"blk.{layer}.{name}.weight", out, inside, four)
        for name in ("attn_norm", "ffn_norm"):
            add(writer, f"blk.{layer}.{name}.weight", 256, 1, None)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


GGUF_PARAMETERS = 1_344_768


def add(writer: gguf.GGUFWriter, name: str, out: int, inside: int, kind: gguf.GGMLQuantizationType | None) -> None:
    """One tensor of zeros."""
    if kind is None:
        writer.add_tensor(name, np.zeros(out, np.float32))
        return
    values, size = gguf.GGML_QUANT_SIZES[kind]
    writer.add_tensor(name, np.zeros((out, inside // values * size), np.uint8), raw_dtype=kind)
