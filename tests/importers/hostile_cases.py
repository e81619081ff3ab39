"""The cases of test_hostile: configs, headers, metadata, names, logs and options that are nothing of the kind."""

from __future__ import annotations

import json
import pickle
import struct
from typing import Any

import made_up
from hypothesis import strategies as st
from safetensors.numpy import save

GOOD = json.dumps(made_up.CONFIG)
SIZES = (
    "hidden_size",
    "num_hidden_layers",
    "num_attention_heads",
    "num_key_value_heads",
    "vocab_size",
    "intermediate_size",
    "max_position_embeddings",
)
WRONG = (
    "-1",
    "0",
    "-9223372036854775808",
    "1e999",
    "NaN",
    "Infinity",
    "-Infinity",
    "1.5",
    "true",
    '"many"',
    '"64"',
    "{}",
    "1000000000000",
    "1" * 400,
    '"\\u0000"',
    "1e40",
)


def with_value(key: str, text: str) -> str:
    return json.dumps(made_up.CONFIG | {key: "@"}).replace('"@"', text)


CONFIGS = {
    "empty": "",
    "space": "  \n",
    "null": "null",
    "list": "[]",
    "number": "1",
    "text": '"x"',
    "no object": "true",
    "no model": "{}",
    "two objects": GOOD + GOOD,
    "comment": "// config\n" + GOOD,
    "single quotes": GOOD.replace('"', "'"),
    "a key twice": GOOD[:-1] + ', "hidden_size": 128}',
    "no names": json.dumps({"hidden_size": 64}),
    "deep list": "[" * 100_000,
    "deep object": '{"a":' * 5_000 + "1" + "}" * 5_000,
    "deep value": GOOD[:-1] + ', "x": ' + "[" * 200 + "]" * 200 + "}",
    "names are numbers": json.dumps(made_up.CONFIG | {"architectures": [1]}),
    "name is a list": json.dumps(made_up.CONFIG | {"model_type": ["llama"]}),
    "name is a path": json.dumps(made_up.CONFIG | {"model_type": "../../etc"}),
    "name runs": json.dumps(made_up.CONFIG | {"architectures": ["__import__('os').system('true')"]}),
    "billion layers": json.dumps(made_up.CONFIG | {"num_hidden_layers": 10**9}),
    "billion nested layers": json.dumps(
        {"model_type": "x", "text_config": made_up.CONFIG | {"num_hidden_layers": 10**9}}
    ),
    "billion labels": json.dumps(made_up.CONFIG | {"num_labels": 10**9}),
    "billion experts": json.dumps(made_up.CONFIG | {"model_type": "mixtral", "num_local_experts": 10**9}),
    "million modules": json.dumps(made_up.CONFIG | {"num_hidden_layers": 1000, "num_local_experts": 16_000}),
    "tower of a billion": json.dumps(made_up.CONFIG | {"vision_config": {"num_hidden_layers": 10**9}}),
    "encoder of a billion": json.dumps(made_up.CONFIG | {"audio_config": {"encoder_layers": 10**9}}),
    "depths": json.dumps(made_up.CONFIG | {"vision_config": {"depths": [10**9]}}),
    "heads do not divide": json.dumps(made_up.CONFIG | {"num_attention_heads": 10**4}),
    "unknown architecture": json.dumps({**made_up.CONFIG, "model_type": "wormhole", "architectures": ["Wormhole"]}),
    "encoder-decoder": json.dumps({"model_type": "t5", "architectures": ["NoSuchModel"], "d_model": 64}),
    "remote code": json.dumps(
        {"model_type": "evil", "architectures": ["Evil"], "auto_map": {"AutoModel": "evil.Evil"}}
    ),
    "missing sizes": json.dumps({"model_type": "llama", "architectures": ["LlamaForCausalLM"]})[:-1]
    + ', "vocab_size": null}',
    "no text in UTF-8": b"\xff\xfe" + GOOD.encode("utf-16-le"),
    "zero bytes": b"\0" * 4096,
    "noise": bytes(range(256)) * 16,
    "a megabyte of a": "a" * 2**20,
    "too long": '{"x": "' + "a" * (17 * 2**20) + '"}',
    "CSV injection": json.dumps(made_up.CONFIG | {"model_type": "=cmd|' /C calc'!A0"}),
    "SQL injection": json.dumps(made_up.CONFIG | {"model_type": "x'; drop table model; --"}),
    "line breaks": json.dumps(made_up.CONFIG | {"model_type": "a\nb"}),
    "right to left": json.dumps(made_up.CONFIG | {"architectures": ["\u202eevil"]}),
}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
KEYS = (
    *made_up.CONFIG,
    "head_dim",
    "sliding_window",
    "layer_types",
    "num_local_experts",
    "kv_lora_rank",
    "text_config",
    "rope_scaling",
    "quantization_config",
    "block_configs",
    "n_routed_experts",
    "linear_attn_config",
    "compress_ratios",
    "attn_layer_indices",
    "hybrid_override_pattern",
    "num_nextn_predict_layers",
    "dtype",
    "rope_parameters",
    "ffn_config",
)
FAMILIES = ("llama", "qwen3_moe", "deepseek_v3", "gemma3_text", "gpt_oss", "mistral", "bert", "nemotron_h", "mamba2")


WHOLE = save({name: array for name, array in list(made_up.plain().items())[:4]})
LENGTH = struct.unpack("<Q", WHOLE[:8])[0]
HEADER = json.loads(WHOLE[8 : 8 + LENGTH])
FIRST = next(name for name in HEADER if name != "__metadata__")


def safetensors(header: Any, data: bytes = b"\0" * 4096, length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(**changes: Any) -> bytes:
    """A file of one tensor, changed."""
    plain = {"dtype": "F16", "shape": [32, 64], "data_offsets": [0, 4096]}
    return safetensors({"model.embed_tokens.weight": plain | changes})


BROKEN = {
    "empty": b"",
    "seven bytes": b"\0" * 7,
    "length alone": struct.pack("<Q", 100),
    "zero length": struct.pack("<Q", 0),
    "length of all": struct.pack("<Q", 2**64 - 1) + b"{}",
    "length beyond": struct.pack("<Q", 2**40) + b"{}" * 100,
    "length past 100 MB": struct.pack("<Q", 100_000_001) + b"{" * 1000,
    "no JSON": safetensors(b"hello"),
    "a list": safetensors([]),
    "a number": safetensors(1),
    "unclosed": safetensors(b'{"a":'),
    "null": safetensors(None),
    "no tensors": safetensors({}, b""),
    "metadata alone": safetensors({"__metadata__": {"a": "b"}}, b""),
    "metadata nested": safetensors({"__metadata__": {"a": {"b": 1}}}),
    "entry is a number": safetensors({"a": 1}),
    "entry is a list": safetensors({"a": [1, 2]}),
    "entry is empty": safetensors({"a": {}}),
    "unknown type": entry(dtype="F17"),
    "type is a number": entry(dtype=16),
    "type is null": entry(dtype=None),
    "shape is negative": entry(shape=[-32, 64]),
    "shape is text": entry(shape="32x64"),
    "shape is a float": entry(shape=[32.5, 64]),
    "shape is huge": entry(shape=[2**62, 2**62]),
    "shape overflows": entry(shape=[2**32, 2**32, 2**32]),
    "shape is null": entry(shape=None),
    "shape is nested": entry(shape=[[32, 64]]),
    "shape is short": entry(shape=[32]),
    "offsets reversed": entry(data_offsets=[4096, 0]),
    "offsets beyond": entry(data_offsets=[0, 2**40]),
    "offsets negative": entry(data_offsets=[-1, 4095]),
    "offsets short": entry(data_offsets=[0, 100]),
    "offsets alone": entry(data_offsets=[0]),
    "offsets are text": entry(data_offsets=["0", "4096"]),
    "offsets with a hole": entry(data_offsets=[8, 4104]),
    "offsets are floats": entry(data_offsets=[0.5, 4096.5]),
    "overlapping": safetensors(
        {
            "a": {"dtype": "F16", "shape": [32, 64], "data_offsets": [0, 4096]},
            "b": {"dtype": "F16", "shape": [32, 64], "data_offsets": [0, 4096]},
        }
    ),
    "half overlapping": safetensors(
        {
            "a": {"dtype": "F16", "shape": [1024], "data_offsets": [0, 2048]},
            "b": {"dtype": "F16", "shape": [1536], "data_offsets": [1024, 4096]},
        }
    ),
    "data missing": entry()[:-1],
    "data too much": entry() + b"\0",
    "not UTF-8": safetensors(b'{"\xff\xfe": 1}'),
    "deep": safetensors(b'{"a":' * 5000 + b"1" + b"}" * 5000),
    "no name": safetensors({"": {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}}, b""),
    "long name": safetensors({"a" * 5000: {"dtype": "F16", "shape": [32, 64], "data_offsets": [0, 4096]}}),
    "not a model": safetensors({"a": {"dtype": "F16", "shape": [32, 64], "data_offsets": [0, 4096]}}),
    "a pickle": pickle.dumps({"a": 1}),
    "a zip": b"PK\3\4" + b"\0" * 100,
    "a git-lfs pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
    "html": b"<!doctype html><html>" * 10,
    "gzip": b"\x1f\x8b" + b"\0" * 100,
    "zeros": b"\0" * 4096,
    "ones": b"\xff" * 4096,
}


INDEXES = {
    "no JSON": "{",
    "a list": "[]",
    "no map": "{}",
    "map is a list": '{"weight_map": []}',
    "map of numbers": '{"weight_map": {"a": 1}}',
    "up": '{"weight_map": {"a": "../../../etc/passwd"}}',
    "absolute": '{"weight_map": {"a": "/etc/passwd"}}',
    "hidden": '{"weight_map": {"a": ".safetensors"}}',
    "device": '{"weight_map": {"a": "/dev/zero"}}',
    "missing": '{"weight_map": {"a": "model-00001-of-00002.safetensors"}}',
    "empty name": '{"weight_map": {"a": ""}}',
    "zero byte": '{"weight_map": {"a": "a\\u0000.safetensors"}}',
    "backslash": '{"weight_map": {"a": "..\\\\a.safetensors"}}',
    "a folder": '{"weight_map": {"a": "folder.safetensors"}}',
    "a pickle": '{"weight_map": {"a": "pytorch_model.bin"}}',
}


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def field(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def number(key: str, value: int) -> bytes:
    return field(key, 4, struct.pack("<I", value))


def tensor(name: str, dims: tuple[int, ...], kind: int = 0, offset: int = 0, count: int | None = None) -> bytes:
    sizes = b"".join(struct.pack("<Q", dim) for dim in dims)
    return (
        text(name) + struct.pack("<I", len(dims) if count is None else count) + sizes + struct.pack("<IQ", kind, offset)
    )


NAMED = field("general.architecture", 8, text("llama"))
LAYERS = number("llama.block_count", 2)
TABLE = tensor("token_embd.weight", (64, 32))


def gguf(
    fields: tuple[bytes, ...] = (NAMED, LAYERS), tensors: tuple[bytes, ...] = (TABLE,), *, magic: bytes = b"GGUF",
    version: int = 3, counts: tuple[int, int] | None = None, data: int = 2**16,
) -> bytes:  # fmt: skip
    many = counts or (len(tensors), len(fields))
    head = magic + struct.pack("<IQQ", version, *many) + b"".join(fields) + b"".join(tensors)
    return head + b"\0" * (-len(head) % 32) + b"\0" * data


def array(kind: int, count: int, data: bytes = b"") -> bytes:
    return struct.pack("<IQ", kind, count) + data


GGUFS: dict[str, bytes] = {
    "magic alone": b"GGUF",
    "other magic": gguf(magic=b"GGML"),
    "version 0": gguf(version=0),
    "version 1": gguf(version=1),
    "version 99": gguf(version=99),
    "big-endian": gguf(version=3 << 24),
    "all tensors": gguf(counts=(2**64 - 1, 2)),
    "billions of tensors": gguf(counts=(4 * 10**9, 2)),
    "more tensors than bytes": gguf(counts=(999_999, 2)),
    "all fields": gguf(counts=(1, 2**64 - 1)),
    "more fields than bytes": gguf(counts=(1, 60_000)),
    "no tensors": gguf(tensors=()),
    "no architecture": gguf((LAYERS,)),
    "architecture is a number": gguf((number("general.architecture", 7), LAYERS)),
    "architecture is an array": gguf((field("general.architecture", 9, array(4, 1, b"\0" * 4)), LAYERS)),
    "no layers": gguf((NAMED,)),
    "zero layers": gguf((NAMED, number("llama.block_count", 0))),
    "billion layers": gguf((NAMED, number("llama.block_count", 10**9))),
    "layers are text": gguf((NAMED, field("llama.block_count", 8, text("2")))),
    "layers are NaN": gguf((NAMED, field("llama.block_count", 6, struct.pack("<f", float("nan"))))),
    "layers are infinite": gguf((NAMED, field("llama.block_count", 12, struct.pack("<d", float("inf"))))),
    "layers are negative": gguf((NAMED, field("llama.block_count", 5, struct.pack("<i", -2)))),
    "layers are true": gguf((NAMED, field("llama.block_count", 7, b"\1"))),
    "layers are half": gguf((NAMED, field("llama.block_count", 6, struct.pack("<f", 1.5)))),
    "layers differ": gguf((NAMED, field("llama.block_count", 9, array(4, 2, struct.pack("<II", 2, 3))))),
    "all MTP": gguf((NAMED, LAYERS, number("llama.nextn_predict_layers", 2))),
    "MTP is text": gguf((NAMED, LAYERS, field("llama.nextn_predict_layers", 8, text("1")))),
    "unknown type": gguf((NAMED, field("x", 99, b"\0" * 8))),
    "array in an array": gguf((NAMED, field("x", 9, array(9, 1, b"\0" * 64)))),
    "endless array": gguf((NAMED, field("x", 9, array(4, 2**62)))),
    "endless strings": gguf((NAMED, field("x", 9, array(8, 2**40)))),
    "array of nothing": gguf((NAMED, field("x", 9, array(77, 4)))),
    "endless string": gguf((NAMED, text("x") + struct.pack("<IQ", 8, 2**63))),
    "endless key": gguf((struct.pack("<Q", 2**60),)),
    "alignment 0": gguf((NAMED, LAYERS, number("general.alignment", 0))),
    "alignment huge": gguf((NAMED, LAYERS, number("general.alignment", 2**31))),
    "alignment text": gguf((NAMED, LAYERS, field("general.alignment", 8, text("x")))),
    "unknown block type": gguf(tensors=(tensor("token_embd.weight", (64, 32), 77),)),
    "removed block type": gguf(tensors=(tensor("token_embd.weight", (64, 32), 4),)),
    "no dimensions": gguf(tensors=(tensor("token_embd.weight", ()),)),
    "a billion dimensions": gguf(tensors=(tensor("token_embd.weight", (64,), count=10**9),)),
    "zero rows": gguf(tensors=(tensor("token_embd.weight", (64, 0)),)),
    "huge rows": gguf(tensors=(tensor("token_embd.weight", (64, 2**62)),)),
    "overflowing shape": gguf(tensors=(tensor("token_embd.weight", (2**32, 2**32, 2**32)),)),
    "rows no multiple of the block": gguf(tensors=(tensor("token_embd.weight", (65, 32), 12),)),
    "offset beyond": gguf(tensors=(tensor("token_embd.weight", (64, 32), 0, 2**40),)),
    "no weights": gguf(data=0),
    "overlapping": gguf(tensors=(TABLE, tensor("output.weight", (64, 32), 0, 100))),
    "twice": gguf(tensors=(TABLE, TABLE)),
    "no name": gguf(tensors=(tensor("", (64, 32)),)),
    "long name": gguf(tensors=(tensor("a" * 5000, (64, 32)),)),
    "hidden size is wrong": gguf((NAMED, LAYERS, number("llama.embedding_length", 0))),
    "heads are text": gguf((NAMED, LAYERS, field("llama.attention.head_count", 8, text("x")))),
    "not a model": gguf(
        (field("general.architecture", 8, text("clip")), number("clip.block_count", 2)), (tensor("a", (4,)),)
    ),
}


NAMES = ("", " ", "\n", "a\nb", "a\0b", "\x1b[31m", "a" * 300, "\u202eevil", "\ud800", "Llama-3-70B", "h\x7f")
IDS = ("", "A", "a b", "../a", "a/b", "-a", "a" * 200, "ä", "a;b", "=1+1", "llama-3-70b", "a\n")


LOGS = {
    "empty": "",
    "words": "hello\nworld\n",
    "zeros": "\0" * 1000,
    "noise": "".join(map(chr, range(32, 2000))),
    "no figures": "vLLM API server version 0.19.0\n",
    "infinite": "Model loading took inf GiB memory\n",
    "negative": "Available KV cache memory: -5.2 GiB\n",
    "many points": "Model loading took 1.2.3.4 GiB memory\n",
    "endless number": f"Model loading took {'9' * 5000} GiB memory\n",
    "zero": "GPU KV cache size: 0 tokens\n",
    "endless tokens": f"GPU KV cache size: {'9' * 400} tokens\n",
    "one long line": "vllm " * 100_000,
    "SGLang without figures": "server_args=ServerArgs(model_path='x')\n",
    "llama.cpp without figures": "llama_model_loader: x\n",
    "megabytes": "Loading model weights took 244.61 MB\n",
}


FLAGS: tuple[dict[str, Any], ...] = (
    {},
    {"engine": "tgi"},
    {"engine": "vllm==1; drop"},
    {"engine": "vllm"},
    {"engine": "vllm", "model": "no such model"},
    {"engine": "vllm", "gpu": "no such gpu", "kv_tokens": "1k"},
    {"engine": "vllm", "weights": "no such", "kv_tokens": "1k"},
    {"engine": "vllm", "weights_bytes": "-1GiB"},
    {"engine": "vllm", "weights_bytes": "NaN"},
    {"engine": "vllm", "weights_bytes": "1e3"},
    {"engine": "vllm", "weights_bytes": "9" * 30 + "GiB"},
    {"engine": "vllm", "weights_bytes": "0GiB"},
    {"engine": "vllm", "kv_tokens": "-5"},
    {"engine": "vllm", "concurrency": float("nan")},
    {"engine": "vllm", "concurrency": float("inf")},
    {"engine": "vllm", "concurrency": -1.0},
    {"engine": "vllm", "kv_tokens": "1k", "gpus": "0"},
    {"engine": "vllm", "kv_tokens": "1k", "tp": "1e9"},
    {"engine": "vllm", "kv_tokens": "1k", "context": "all"},
    {"engine": "vllm", "kv_tokens": "1k", "memory_utilization": 1.5},
    {"engine": "vllm", "kv_tokens": "1k", "memory_utilization": float("nan")},
    {"engine": "vllm", "kv_tokens": "1k", "outcome": "fine"},
    {"engine": "vllm", "kv_tokens": "1k", "run_id": "../x"},
    {"engine": "vllm", "kv_tokens": "1k", "kv_dtype": "no such"},
)


GPUS: tuple[dict[str, Any], ...] = (
    {},
    {"name": ""},
    {"name": "X"},
    {"name": "X", "memory": "0GiB"},
    {"name": "X", "memory": "-80GiB"},
    {"name": "X", "memory": "80"},
    {"name": "X", "memory": "lots"},
    {"name": "X", "memory": "NaN GiB"},
    {"name": "X", "memory": "inf GiB"},
    {"name": "X", "memory": "1e300GiB"},
    {"name": "X", "memory": "80 GiB/s"},
    {"name": "X", "memory": "80 W"},
    {"name": "X", "memory": "1MiB"},
    {"name": "X", "memory": "1000TB"},
    {"name": "X", "memory": "80GiB", "bandwidth": "3 TB"},
    {"name": "X", "memory": "80GiB", "tdp": "0 W"},
    {"name": "X", "memory": "80GiB", "kind": "cpu"},
    {"name": "X", "memory": "80GiB", "tdp": "1e9W"},
    {"name": "X", "memory": "80GiB", "bf16_flops": "1 FLOPS"},
    {"name": "H100", "memory": "80GiB"},
    {"name": "X", "memory": "80GiB", "alias": ["H100"]},
    {"name": "X", "memory": "80GiB", "alias": ["a\nb"]},
    {"name": "X\n", "memory": "80GiB"},
    {"name": "a" * 300, "memory": "80GiB"},
    {"name": "X", "gpu_id": "../x", "memory": "80GiB"},
    {"name": "X", "gpu_id": "h100-sxm5-80gb", "memory": "80GiB"},
    {"name": "X", "here": True},
    {"name": "X", "memory": "80GiB", "memory_type": "\x1b"},
    {"name": "X", "memory": "__import__('os')"},
    {"name": "X", "memory": "80 GiB ** 2"},
    {"name": "X", "memory": "9" * 400 + "GiB"},
)


PRICES: tuple[dict[str, Any], ...] = (
    {},
    {"usd_per_hour": 0.0},
    {"usd_per_hour": -1.0},
    {"usd_per_hour": float("nan")},
    {"usd_per_hour": float("inf")},
    {"usd_per_hour": 1e9},
    {"usd_per_hour": 1.0, "purchase_usd": 1.0},
    {"purchase_usd": 1e12},
    {"usd_per_hour": 1.0, "terms": "never"},
    {"usd_per_hour": 1.0, "priced_on": "soon"},
    {"usd_per_hour": 1.0, "priced_on": "1999-01-01"},
    {"usd_per_hour": 1.0, "priced_on": "9999-12-31"},
    {"usd_per_hour": 1.0, "region": ""},
    {"usd_per_hour": 1.0, "region": "a\nb"},
    {"usd_per_hour": 1.0, "seller": "\x1b"},
    {"usd_per_hour": 1.0, "target": "no such gpu"},
    {"usd_per_hour": 1.0, "target": "llama-3-8b"},
    {"usd_per_hour": 1.0, "target": ""},
)
