"""Tensors as a checkpoint stores them: their real shape, and the bytes they take together with their scales.

Packed integers are not parameters: four-bit weights in int32 words, FP4 pairs in bytes, and blocks with an exponent are
turned back into the matrix they stand for; scales, zero points and index tables add bytes to it and no parameters.
Layouts: AutoAWQ awq/modules/linear/gemm.py, GPTQModel qlinear, compressed-tensors compressors (weight_packed),
Model Optimizer NVFP4 (weight_scale_2), gpt_oss torch/weights.py (_blocks, _scales), bitsandbytes nn/modules.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from catalog_db.errors import UsageError
from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.tensors import NOT_PARAMETERS, classify, mixer_modules

# Bits of each element type that a safetensors header may name (safetensors/src/tensor.rs, Dtype).
BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
    "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
FLOATS = ("F64", "F32", "F16", "BF16")
MOST_TENSORS = 1_000_000
MOST_VALUES = 2**48

# What stands beside a matrix and is none: scales, zero points, shapes, index tables, codebooks.
BESIDE = re.compile(
    r"(^|[._])(scales?|scale_inv|weight_scale\w*|input_scale|\w*_global_scale|[kqv]_scale|weight_scale_2|qzeros|g_idx|"
    r"weight_g_idx|weight_shape|weight_zero_point|input_zero_point|absmax|nested_absmax|quant_map|nested_quant_map|"
    r"quant_state\.\w+|SCB|weight_format|act_scales|inv_freq|num_batches_tracked)$"
)
OWN_SCALE = re.compile(r"[._]scales?$")  # beside no matrix it is a parameter of its own: Gemma 4's routers have some


@dataclass(frozen=True)
class Header:
    """One entry of a checkpoint's header."""

    name: str
    dtype: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of the tensor's data, rounded up to whole ones."""
        return -(-prod(self.shape) * BITS[self.dtype] // 8)


@dataclass(frozen=True)
class Stored:
    """A tensor of the model with its place, and what the checkpoint spends on it."""

    tensor: Tensor
    bytes: int
    dtype: str


def header(name: object, dtype: object, shape: object, where: str) -> Header:
    """A checked entry. Raises UsageError for what no checkpoint can hold."""
    if not isinstance(name, str) or not name or len(name) > 512:
        raise UsageError(f"{where}: a tensor's name is {name!r:.80}")
    if dtype not in BITS:
        raise UsageError(f"{where}: {name!r:.80} has the unknown type {dtype!r:.40}")
    if not isinstance(shape, list | tuple) or not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 8:
        raise UsageError(f"{where}: {name!r:.80} has the shape {shape!r:.80}")
    if prod(shape) > MOST_VALUES:
        raise UsageError(f"{where}: {name!r:.80} has {prod(shape):,} values, more than any tensor")
    return Header(name, str(dtype), tuple(shape))


def model_tensors(headers: Iterable[Header], quantization: Mapping[str, object], layers: int | None) -> list[Stored]:
    """The model's tensors, each with its bytes and its role; what stands beside a matrix is added to it."""
    entries = {entry.name: entry for entry in headers}
    beside = {name for name in entries if BESIDE.search(name) or name.endswith(NOT_PARAMETERS)}
    beside -= {name for name in beside if OWN_SCALE.search(name) and not _owner(name, entries, beside)}
    extra: dict[str, int] = {}
    for name in beside:
        owner = _owner(name, entries, beside)
        extra[owner] = extra.get(owner, 0) + entries[name].size
    mains = [entry for name, entry in entries.items() if name not in beside and all(entry.shape)]
    plain = [_plain(entry, entries, quantization) for entry in mains]
    mixers = mixer_modules(tensor.name for tensor in plain)
    found = []
    for entry, tensor in zip(mains, plain, strict=True):
        placed = Tensor(
            tensor.name, tensor.out_features, tensor.in_features, tensor.count, _place(tensor, mixers, layers)
        )
        found.append(Stored(placed, entry.size + extra.pop(entry.name, 0), entry.dtype))
    return _with_orphans(found, extra)


def _owner(name: str, entries: Mapping[str, Header], beside: set[str]) -> str:
    """The matrix that a scale belongs to: the longest name that it continues, or its module's only main tensor."""
    stem = BESIDE.sub("", name)
    for end in ("", ".weight", ".qweight", ".weight_packed", "_blocks", "_packed"):
        if stem + end in entries and stem + end not in beside:
            return stem + end
    return ""


def _with_orphans(found: list[Stored], extra: Mapping[str, int]) -> list[Stored]:
    """Bytes beside no matrix (tables of token ids) go with the largest tensor: they are few, and must not be lost."""
    lost = sum(extra.values())
    if not lost or not found:
        return found
    at = max(range(len(found)), key=lambda index: found[index].bytes)
    found[at] = Stored(found[at].tensor, found[at].bytes + lost, found[at].dtype)
    return found


def _plain(entry: Header, entries: Mapping[str, Header], quantization: Mapping[str, object]) -> Tensor:
    """The matrix that an entry stands for."""
    name, shape = entry.name, entry.shape
    if name.endswith("_blocks"):  # MXFP4: (experts, out, blocks, 16 bytes of two values)
        return _matrices(name.removesuffix("_blocks"), (*shape[:-2], shape[-2] * shape[-1] * 2))
    if name.endswith(".weight_packed"):
        values = 2 if entry.dtype == "U8" else _in_word(entry, quantization)
        return _matrices(name.removesuffix("_packed"), (*shape[:-1], shape[-1] * values))
    if name.endswith(".qweight"):
        return _matrices(name.removesuffix("qweight") + "weight", _unpacked(entry, entries, quantization))
    if entry.dtype == "U8" and f"{name.removesuffix('.weight')}.weight_scale_2" in entries:
        return _matrices(name, (*shape[:-1], shape[-1] * 2))
    if entry.dtype == "U8" and f"{name}.absmax" in entries:
        return _flat(name, prod(shape) * 2, entries)
    return _matrices(name, shape)


def _in_word(entry: Header, quantization: Mapping[str, object]) -> int:
    """Values in one word of packed integers."""
    return max(1, BITS[entry.dtype] // _bits(quantization))


def _bits(quantization: Mapping[str, object]) -> int:
    """Bits of a packed weight: as the config says, at the top or in its first group; 4 is what nearly all have."""
    groups = quantization.get("config_groups")
    nested = next(iter(groups.values()), None) if isinstance(groups, dict) else None
    weights = nested.get("weights") if isinstance(nested, dict) else None
    found = [quantization.get("bits"), quantization.get("w_bit"), (weights or {}).get("num_bits")]
    return next((bits for bits in found if bits in (2, 3, 4, 8)), 4)  # type: ignore[misc]


def _unpacked(entry: Header, entries: Mapping[str, Header], quantization: Mapping[str, object]) -> tuple[int, ...]:
    """(out, in) of AWQ's (in, out / 8) and GPTQ's (in / 8, out), told apart by the scales' columns, which are `out`."""
    if len(entry.shape) != 2:
        return entry.shape
    rows, columns = entry.shape
    scales = entries.get(entry.name.removesuffix("qweight") + "scales")
    bits = _bits(quantization)
    is_awq = quantization.get("quant_method") == "awq"
    if scales is not None and len(scales.shape) == 2:
        is_awq = scales.shape[1] == columns * 32 // bits
    return (columns * 32 // bits, rows) if is_awq else (columns, rows * 32 // bits)


def _flat(name: str, values: int, entries: Mapping[str, Header]) -> Tensor:
    """bitsandbytes stores a matrix as one column of bytes: its width is the embedding's, where that divides it."""
    tables = [entry.shape[-1] for key, entry in entries.items() if key.endswith("embed_tokens.weight")]
    wide = tables[0] if tables and entry_is_matrix(tables[0], values) else 1
    return Tensor(name, values // wide, wide, 1)


def entry_is_matrix(wide: int, values: int) -> bool:
    """Whether so many values make whole rows of that width."""
    return wide > 0 and values % wide == 0


def _matrices(name: str, shape: tuple[int, ...]) -> Tensor:
    """A tensor as matrices of out x in: fused experts one each, convolutions flattened, vectors one column."""
    if len(shape) == 3 and re.search(r"(^|\.)experts\.(?!\d)", name):
        return Tensor(name, shape[1], shape[2], shape[0])
    if len(shape) == 2 and re.search(r"(^|\.)experts\.(?!\d)\w*bias$", name):
        return Tensor(name, shape[1], 1, shape[0])
    if len(shape) < 2 or (len(shape) > 2 and prod(shape) == max(shape)):
        return Tensor(name, prod(shape), 1, 1)
    return Tensor(name, shape[0], prod(shape[1:]), 1)


def _place(tensor: Tensor, mixers: set[str], layers: int | None) -> tuple[str, str]:
    """Role and part; layers behind the model's last, and those named so, predict further tokens."""
    role, part = classify(tensor.name, mixers)
    number = re.search(r"(?:^|\.)layers\.(\d+)\.", tensor.name)
    is_behind = layers is not None and number is not None and int(number.group(1)) >= layers
    is_tower = role in ("vision", "audio")
    if not is_tower and (is_behind or re.search(r"(^|\.)mtp(_layers)?\.", tensor.name)):
        return "mtp", f"{role}_{part}" if role in ("attention", "mlp", "expert", "shared_expert", "router") else role
    return role, part
