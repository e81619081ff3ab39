"""The head of a GGUF file: metadata and tensor entries, from any stream that can seek; no weight is read.

The `gguf` library gives the types and block sizes. Its reader maps whole files that lie here, and follows counts that a
damaged file claims without end; this one reads forward, also through range requests, and believes no count that the
file is too short for. Format: ggml docs/gguf.md, versions 2 and 3, little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO

from catalog_db.errors import UsageError
from catalog_db.importers.stored import MOST_TENSORS, MOST_VALUES

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
MOST_FIELDS = 65_536
MOST_ITEMS = 2**24
KEPT_ITEMS = 4_096
MOST_TEXT = 2**24


@dataclass(frozen=True)
class Entry:
    """One tensor: its shape with rows first, its block type, and its bytes."""

    name: str
    type: str
    shape: tuple[int, ...]
    offset: int
    bytes: int


@dataclass(frozen=True)
class Head:
    """Metadata (long arrays as their length) and tensors of one file; `end` is where the weights begin."""

    fields: dict[str, Any]
    entries: list[Entry]
    end: int


@dataclass(frozen=True)
class Length:
    """An array that is too long to keep, or one of texts: how many items it has."""

    items: int


class Reader:
    """Reads forward and refuses to run past the end."""

    def __init__(self, stream: BinaryIO, size: int, where: str) -> None:
        self.stream, self.size, self.where, self.place = stream, size, where, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        if count > self.size - self.place:
            raise UsageError(f"{self.where} is no whole GGUF file: it ends inside its header, at byte {self.size:,}")
        found = self.stream.read(count)
        if len(found) != count:
            raise UsageError(f"{self.where}: only {len(found):,} of {count:,} bytes came at byte {self.place:,}")
        self.place += count
        return found

    def number(self, code: str) -> Any:
        """One number of a struct code."""
        return struct.unpack(f"<{code}", self.take(struct.calcsize(f"<{code}")))[0]

    def count(self, what: str, most: int, least_bytes: int) -> int:
        """A count that the file has room for."""
        found = int(self.number("Q"))
        if found > most or found * least_bytes > self.size - self.place:
            raise UsageError(f"{self.where} claims {found:,} {what}: damaged, or no GGUF file")
        return found

    def text(self) -> str:
        """A string."""
        return self.take(self.count("bytes of text", MOST_TEXT, 1)).decode("utf-8", "replace")


def read(stream: BinaryIO, size: int, where: str) -> Head:
    """The head of a GGUF stream of `size` bytes. Raises UsageError naming what is wrong with it."""
    reader = Reader(stream, size, where)
    if reader.take(4) != b"GGUF":
        raise UsageError(f"{where} is no GGUF file: it does not begin with GGUF")
    version = reader.number("I")
    if version not in (2, 3):
        raise UsageError(f"{where}: GGUF version {version} is not read (2 and 3 are; big-endian files are not)")
    tensors = reader.count("tensors", MOST_TENSORS, 24)
    fields = dict(_fields(reader, reader.count("metadata fields", MOST_FIELDS, 13)))
    entries = [_entry(reader) for _ in range(tensors)]
    if len({entry.name for entry in entries}) < len(entries):
        raise UsageError(f"{where}: a tensor stands twice in the header")
    alignment = fields.get("general.alignment", 32)
    if type(alignment) is not int or not 1 <= alignment <= 2**20:
        raise UsageError(f"{where}: alignment {alignment!r:.40}")
    end = -(-reader.place // alignment) * alignment
    _check_places(entries, size - end, where)
    return Head(fields, entries, end)


def _fields(reader: Reader, count: int) -> Iterator[tuple[str, Any]]:
    for _ in range(count):
        key = reader.text()
        yield key, _value(reader, reader.number("I"), key)


def _value(reader: Reader, kind: int, key: str) -> Any:
    if kind in SCALARS:
        return reader.number(SCALARS[kind])
    if kind == STRING:
        return reader.text()
    if kind != ARRAY:
        raise UsageError(f"{reader.where}: field {key!r:.80} has the unknown type {kind}")
    inner = reader.number("I")
    if inner == STRING:
        count = reader.count("items", MOST_ITEMS, 8)
        for _ in range(count):
            reader.take(reader.count("bytes of text", MOST_TEXT, 1))
        return Length(count)
    if inner not in SCALARS:
        raise UsageError(f"{reader.where}: field {key!r:.80} is an array of type {inner}")
    width = struct.calcsize(f"<{SCALARS[inner]}")
    count = reader.count("items", MOST_ITEMS, width)
    data = reader.take(count * width)
    return list(struct.unpack(f"<{count}{SCALARS[inner]}", data)) if count <= KEPT_ITEMS else Length(count)


def _entry(reader: Reader) -> Entry:
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    name = reader.text()
    where = f"{reader.where}: tensor {name!r:.80}"
    dims = reader.number("I")
    if not 0 < dims <= 4 or not name or len(name) > 256:
        raise UsageError(f"{where} has {dims:,} dimensions")
    shape = tuple(int(reader.number("Q")) for _ in range(dims))[::-1]
    kind, offset = reader.number("I"), reader.number("Q")
    if not all(shape) or prod(shape) > MOST_VALUES:
        raise UsageError(f"{where} has the shape {shape!r:.80}")
    try:
        block = GGMLQuantizationType(kind)
    except ValueError as error:
        raise UsageError(f"{where} has the unknown block type {kind}") from error
    values, size = GGML_QUANT_SIZES[block]
    if shape[-1] % values:
        raise UsageError(f"{where}: rows of {shape[-1]:,} values are no multiple of {block.name}'s {values}")
    return Entry(name, block.name, shape, offset, prod(shape) // values * size)


def _check_places(entries: list[Entry], room: int, where: str) -> None:
    """Tensors lie one behind the other, inside the file."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset < end:
            raise UsageError(f"{where}: tensor {entry.name!r:.80} overlaps the one before it")
        end = entry.offset + entry.bytes
        if end > room:
            raise UsageError(f"{where} is cut off: tensor {entry.name!r:.80} ends {end - room:,} bytes behind the file")
