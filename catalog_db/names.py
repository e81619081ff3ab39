"""Turn what people type into ids: one meaning, or a message with the nearest names."""

from __future__ import annotations

from typing import Any

import duckdb

from catalog_db import query
from catalog_db.errors import UsageError

WORDS = {
    "model": "model",
    "checkpoint": "checkpoint",
    "accelerator": "GPU or accelerator",
    "system": "system",
    "weight_format": "weight format",
    "kv_dtype": "KV cache dtype",
}


def resolve(connection: duckdb.DuckDBPyConnection, kind: str, text: str) -> tuple[str, list[str]]:
    """The id that `text` means and the ids of its siblings (other boards sold under that name).

    Raises UsageError when the name is unknown (with suggestions) or means several things (with all of them).
    """
    found = query.report(connection, "resolve", {"kind": kind, "text": text}).rows
    preferred = [target for target, is_preferred in found if is_preferred]
    if len(found) == 1 or len(preferred) == 1:
        chosen = preferred[0] if len(preferred) == 1 else found[0][0]
        return chosen, [target for target, _ in found if target != chosen]
    if found:
        raise UsageError(f"{text!r} means several: {', '.join(target for target, _ in found)}: name one of them")
    raise UsageError(_unknown(connection, kind, text))


def meanings(connection: duckdb.DuckDBPyConnection, kind: str, text: str) -> list[str]:
    """The ids of all that `text` may mean. Raises UsageError when it means nothing."""
    found = query.report(connection, "resolve", {"kind": kind, "text": text}).rows
    if not found:
        raise UsageError(_unknown(connection, kind, text))
    return [target for target, _ in found]


def checkpoint(connection: duckdb.DuckDBPyConnection, text: str, engine: str) -> dict[str, Any] | None:
    """What checkpoint `text` names: `text`, its id, model, format, size as printed, and which engines load it; or None.

    The id is None where the text only says model and format, as in MODEL-FP8.
    """
    found = query.report(connection, "checkpoint", {"text": text, "engine": engine}).first
    return found and {"text": text} | found


def anything(connection: duckdb.DuckDBPyConnection, text: str) -> tuple[str, str]:
    """Kind and id of whatever `text` names. Raises UsageError when that is nothing or several things."""
    found = query.report(connection, "resolve_any", {"text": text}).rows
    if len(found) == 1:
        return found[0][0], found[0][1]
    if found:
        listed = ", ".join(f"{target} ({kind})" for kind, target in found)
        raise UsageError(f"{text!r} means several: {listed}: name one of them")
    raise UsageError(_unknown(connection, None, text))


def _unknown(connection: duckdb.DuckDBPyConnection, kind: str | None, text: str) -> str:
    near = nearest(connection, kind, text)
    hint = f"nearest: {', '.join(near)}" if near else f"`mlsysdb search {text}` looks in all names"
    return f"unknown {WORDS.get(kind or '', 'name')} {text!r}; {hint}"


def nearest(connection: duckdb.DuckDBPyConnection, kind: str | None, text: str) -> list[str]:
    """The ids whose names are most like `text`."""
    return [row[1] for row in query.report(connection, "search", {"kind": kind, "text": text, "most": 5}).rows]
