"""Rows that a user might have: one of each table, for any revision of the schema, and a small set that has answers."""

from __future__ import annotations

import contextlib
import re
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Double, Table

from catalog_db.keep import COMPUTED
from catalog_db.tables import metadata

SOURCE = {"source_id": "us", "title": "Our rack", "publisher": "us", "origin": "user"}
CITED = {"locator": "rack 7", "tier": "C"}
RACK: dict[str, list[dict[str, Any]]] = {
    "source": [SOURCE],
    "organization": [{"organization_id": "us", "name": "Us"}],
    "accelerator": [
        {"accelerator_id": "our-gpu", "name": "Our GPU", "organization_id": "us", "kind": "gpu", "devices_per_board": 1}
        | CITED
    ],
    "accelerator_spec": [
        {"accelerator_id": "our-gpu", "quantity_id": "memory", "basis": "device", "as_printed": "80 GB", "value": 80e9}
        | {"is_binary_unit": False}
        | CITED
    ],
    "alias": [{"alias": "our box", "kind": "accelerator", "target_id": "our-gpu", "is_preferred": True}],
}


def change(path: Path, sql: str) -> None:
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(sql)


def one_of_each(path: Path) -> dict[str, dict[str, Any]]:
    """Write one row into each table that the database at `path` has, with every column filled; what was written."""
    written: dict[str, dict[str, Any]] = {}
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        for table in metadata.sorted_tables:
            columns = connection.execute(
                "select column_name from duckdb_columns() where table_name = ?", [table.name]
            ).fetchall()
            if columns and table.name not in COMPUTED:
                row = {name: value(table, table.c[name], written) for (name,) in columns}
                connection.table(table.name).insert(list(row.values()))
                written[table.name] = row
    return {name: row for name, row in written.items() if name != "quantity"}  # a user has none of their own


def value(table: Table, column: Column[Any], written: dict[str, dict[str, Any]]) -> Any:
    """A value that the column takes: its parent's key, a word that a CHECK lists, else anything of the type."""
    for key in column.foreign_keys:
        return written[key.column.table.name][key.column.name]
    if column.name == "quantity_id":
        return "memory"  # ships with every catalog
    if column.name == "origin":
        return "user"
    if column.name == "purchase_usd":
        return None  # another row's: the terms are by the hour
    for check in table.constraints:
        found = re.fullmatch(rf"{column.name} in \((.*)\)", str(getattr(check, "sqltext", "")))
        if isinstance(check, CheckConstraint) and found:
            return found[1].split(", ")[0].strip("'")
    return _of_type(table, column)


def _of_type(table: Table, column: Column[Any]) -> Any:
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Date):
        return date(2026, 11, 25)
    if isinstance(column.type, BigInteger | Double):
        return 1
    return f"our {table.name} {column.name}"
