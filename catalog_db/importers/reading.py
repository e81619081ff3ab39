"""Read small files that somebody else wrote: regular files only, of bounded size."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

from catalog_db.errors import UsageError

LARGEST_TEXT = 16 * 2**20
DEEPEST = 64


def regular(path: Path, what: str = "file") -> Path:
    """The path, when it is a file one can read from end to end. Raises UsageError naming what it is instead."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError, RuntimeError) as error:  # a loop of links, a name with a zero byte, no such file
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{shown(path)}: {reason}: name a {what} that is there") from error
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
        raise UsageError(f"{shown(path)} is {kind}, not a {what}")
    return path


def data(path: Path, most: int = LARGEST_TEXT) -> bytes:
    """All bytes of a small file. Raises UsageError when it is none, or longer than `most`."""
    try:
        with regular(path).open("rb") as handle:
            found = handle.read(most + 1)
    except OSError as error:
        raise UsageError(f"{shown(path)}: {error.strerror or error}") from error
    if len(found) > most:
        raise UsageError(f"{shown(path)} is longer than {most:,} bytes: not a file of this kind")
    return found


def text(content: bytes, where: str) -> str:
    """Bytes as UTF-8 text. Raises UsageError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is no text in UTF-8: {error.reason} at byte {error.start}") from error


def sha256(content: bytes) -> str:
    """The hash that names exactly these bytes, as sources print it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def json_object(content: bytes, where: str) -> dict[str, Any]:
    """A JSON object. Raises UsageError for anything else, also when it is nested too deep or names a key twice."""
    try:
        found = json.loads(text(content, where), object_pairs_hook=_once)
    except RecursionError as error:
        raise UsageError(f"{where} is nested too deep") from error
    except ValueError as error:
        raise UsageError(f"{where} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{where} holds a {type(found).__name__}, not a JSON object")
    _check_depth(found, where)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"key {next(name for name in names if names.count(name) > 1)!r:.80} stands twice")
    return found


def _check_depth(value: Any, where: str) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
        if not level:
            return
    raise UsageError(f"{where} is nested deeper than {DEEPEST} levels")


def shown(path: Path | str) -> str:
    """A path in a message: on one line, and not without end."""
    plain = "".join(c if c.isprintable() else "?" for c in str(path))
    return plain if len(plain) <= 200 else f"{plain[:100]}...{plain[-80:]}"
