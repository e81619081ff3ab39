"""A user's own rows: add them, take them back, list them.

Each change is a fresh catalog around the rows, checked and swapped in whole: what an upgrade does, with other rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalog_db import build, database, own_rows
from catalog_db.errors import DatabaseError, UsageError
from catalog_db.install import CheckFailed
from catalog_db.own_rows import Given
from catalog_db.tables import metadata

__all__ = ["add", "mine"]


def add(path: Path, rows: Given) -> None:
    """Write a user's rows (table -> rows, each column -> value; unnamed columns NULL) into the catalog at `path`.

    All hang on a `source` row of origin 'user': the one among the rows, one that was added before, or one made here.
    Raises UsageError naming table, column, value and the fix; the database then is what it was.
    """
    typed = own_rows.typed(rows)
    _change(path, lambda own: own_rows.joined(own, typed), "adding your rows")


def mine(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The user's rows in the catalog at `path`, for each table that has some."""
    found = build.own_rows(path)
    return {
        name: [dict(zip(metadata.tables[name].columns.keys(), row, strict=True)) for row in rows]
        for name, rows in found.items()
        if rows
    }


def _change(path: Path, change: build.Change, words: str) -> None:
    if not path.exists() and path != database.default_path():
        raise DatabaseError(f"no database at {path}: make one with `mlsysdb upgrade --database {path}`")
    try:
        build.upgrade(path, change, words)
    except CheckFailed as error:
        raise UsageError(f"nothing was changed: with these rows, {error}") from error
