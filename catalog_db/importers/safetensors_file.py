"""Headers of safetensors files: one file, or a folder with its shards. No weight is read, nothing is executed."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path

from catalog_db.errors import UsageError
from catalog_db.importers import reading
from catalog_db.importers.stored import MOST_TENSORS, Header, header

MOST_FILES = 1_000
SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})\.safetensors$")


def files(folder: Path) -> list[Path]:
    """The weight files of a folder: those its index names, else all. Raises UsageError when one is missing."""
    index = folder / "model.safetensors.index.json"
    if index.exists():
        return _indexed(index)
    found = sorted(path for path in _listed(folder) if path.name.endswith(".safetensors"))
    _check_shards(found)
    plain = [path for path in found if path.name == "model.safetensors"]
    return plain or found


def _listed(folder: Path) -> list[Path]:
    try:
        found = [path for _, path in zip(range(100_000), folder.iterdir(), strict=False)]
    except OSError as error:
        raise UsageError(f"{reading.shown(folder)}: {error.strerror or error}") from error
    return found


def _indexed(index: Path) -> list[Path]:
    weights = reading.json_object(reading.data(index), reading.shown(index)).get("weight_map")
    if not isinstance(weights, dict) or not all(isinstance(name, str) for name in weights.values()):
        raise UsageError(f"{reading.shown(index)}: weight_map is no table of tensors and files")
    names = sorted(set(weights.values()))
    for name in names:
        check_name(name, reading.shown(index))
    missing = [name for name in names if not index.with_name(name).exists()]
    if missing:
        raise UsageError(
            f"{reading.shown(index.parent)}: {len(missing)} of {len(names)} shards missing, {missing[0]} first"
        )
    return [index.with_name(name) for name in names]


def check_name(name: str, where: str) -> None:
    """Refuse a shard's name that leads out of its folder."""
    if not re.fullmatch(r"[\w][\w.\- ]*\.safetensors", name):
        raise UsageError(f"{where}: {name!r:.100} is no name of a shard")


def _check_shards(found: Sequence[Path]) -> None:
    shards = [match for path in found if (match := SHARD.match(path.name))]
    for match in shards[:1]:
        seen = {int(other[2]) for other in shards if (other[1], other[3]) == (match[1], match[3])}
        missing = sorted(set(range(1, int(match[3]) + 1)) - seen)
        if missing:
            raise UsageError(f"{reading.shown(found[0].parent)}: shard {missing[0]} of {int(match[3])} is missing")


def headers(paths: Sequence[Path]) -> tuple[list[Header], str]:
    """All entries of the files, and the hash of their headers. Raises UsageError naming the file that is damaged."""
    if len(paths) > MOST_FILES:
        raise UsageError(f"{len(paths):,} safetensors files are more than {MOST_FILES:,}: name one checkpoint's folder")
    found: dict[str, Header] = {}
    read = b""
    for path in paths:
        for entry in file_headers(path):
            if entry.name in found:
                raise UsageError(f"{reading.shown(path)}: {entry.name!r:.80} stands in another file too")
            found[entry.name] = entry
        read += reading.sha256(raw_header(path)).encode()
    if not 0 < len(found) <= MOST_TENSORS:
        raise UsageError(f"{len(found):,} tensors in the safetensors headers: no checkpoint of a model")
    return list(found.values()), reading.sha256(read)


def raw_header(path: Path) -> bytes:
    """The header's own bytes."""
    with path.open("rb") as handle:
        (length,) = struct.unpack("<Q", handle.read(8))
        return handle.read(length)


def file_headers(path: Path) -> list[Header]:
    """The entries of one file, which the library has checked against the file's length."""
    from safetensors import SafetensorError, safe_open

    where = reading.shown(reading.regular(path, "safetensors file"))
    try:
        with safe_open(str(path), framework="np") as opened:
            names = list(opened.keys())
            slices = [(name, opened.get_slice(name)) for name in names[: MOST_TENSORS + 1]]
            return [header(name, part.get_dtype(), part.get_shape(), where) for name, part in slices]
    except (SafetensorError, OSError, ValueError, OverflowError) as error:
        raise UsageError(f"{where} is no whole safetensors file: {error}") from error
