"""A user's own rows: add them, take them back, list them, move them.

Each change is a fresh catalog around the rows, checked and swapped in whole: what an upgrade does, with other rows.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from catalog_db import assets, database, own_csv, own_remove, own_rows, seed, warehouse
from catalog_db.errors import DatabaseError, UsageError
from catalog_db.install import CheckFailed
from catalog_db.keep import Own, key, label, parent_key
from catalog_db.own_rows import Given
from catalog_db.tables import metadata

__all__ = ["add", "export", "import_", "mine", "remove"]


def add(path: Path, rows: Given) -> None:
    """Write a user's rows (table -> rows, each column -> value; unnamed columns NULL) into the catalog at `path`.

    All hang on a `source` row of origin 'user': the one among the rows, one that was added before, or one made here.
    A row with the key of a row of the catalog stands in for it; `remove` brings that back.
    Raises UsageError naming table, column, value and the fix; the database then is what it was.
    """
    typed = own_rows.typed(rows)
    _check_free(typed)
    _change(path, lambda own: own_rows.joined(own, typed), "adding your rows")


def remove(
    path: Path, name: str | None = None, *, source: str | None = None, table: str | None = None,
    with_dependents: bool = False,
) -> Counter[str]:  # fmt: skip
    """Take back the user's row `name`, or a source of theirs with all its rows; how many rows went of each table.

    Raises UsageError for a name that is the catalog's own or nobody's, and while other rows of theirs hang on it.
    """
    if (name is None) == (source is None):
        raise UsageError("name what to take back: a NAME of yours, or --source ID")
    seeds = _seeds()
    went: Counter[str] = Counter()

    def change(own: Own) -> Own:
        gone = own_remove.by_source(own, source) if source else own_remove.by_name(own, seeds, str(name), table)
        left, counted = own_remove.without(own, seeds, gone, with_dependents)
        went.update(counted)
        return left

    _change(path, change, "taking back your rows")
    return went


def mine(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The user's rows in the catalog at `path`, for each table that has some."""
    return {
        name: [dict(zip(metadata.tables[name].columns.keys(), row, strict=True)) for row in some]
        for name, some in _own(path).items()
        if some
    }


def export(path: Path, folder: Path) -> dict[str, int]:
    """Write the user's rows as CSV files into `folder`, one a table; how many of each."""
    return own_csv.write(_own(path), folder)


def import_(path: Path, folder: Path) -> dict[str, int]:
    """Add the rows of the CSV files in `folder`; a row that is there already, cell for cell, is no second one."""
    rows = own_csv.read(folder)
    add(path, rows)
    return {name: len(some) for name, some in rows.items()}


def _own(path: Path) -> Own:
    _check_there(path)
    return warehouse.own_rows(path)


def _change(path: Path, change: warehouse.Change, words: str) -> None:
    if path != database.default_path():
        _check_there(path)
    try:
        warehouse.upgrade(path, change, words)
    except CheckFailed as error:
        raise UsageError(f"nothing was changed: with these rows, {error}") from error


def _check_there(path: Path) -> None:
    if not path.exists():
        raise DatabaseError(f"no database at {path}: make one with `mlsysdb upgrade --database {path}`")


def _seeds() -> Own:
    return {table.name: seed.read_table(assets.folder("seeds"), table) for table in metadata.sorted_tables}


def _check_free(new: Own) -> None:
    """Sources, and rows with parts that have no source of their own, cannot stand in for the catalog's."""
    owners = {"source"} | {
        parent[1].table.name
        for table in metadata.sorted_tables
        if "source_id" not in table.c and (parent := parent_key(table)) is not None
    }
    for name in sorted(owners):
        table = metadata.tables[name]
        taken = {key(table, row) for row in seed.read_table(assets.folder("seeds"), table)} if new[name] else set()
        for row in new[name]:
            if key(table, row) in taken:
                raise UsageError(f"{name} {label(table, row)} is the catalog's own: give yours another id")
