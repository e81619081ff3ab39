"""Find a user's own rows in a catalog, so that a fresh one can be built around them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Table, create_engine, false, select
from sqlalchemy.pool import NullPool

from catalog_db.tables import metadata

Rows = list[tuple[Any, ...]]


def reader(path: Path) -> Callable[[Table], Rows]:
    """A function that gives the user's rows of a table in the catalog at `path`."""
    engine = create_engine(URL.create("duckdb", database=str(path)), poolclass=NullPool)

    def rows(table: Table) -> Rows:
        with engine.connect() as connection:
            return _rows(connection, table)

    return rows


def _rows(connection: Connection, table: Table) -> Rows:
    return [tuple(row) for row in connection.execute(select(table).where(is_own(table)))]


def is_own(table: Table) -> ColumnElement[bool]:
    """True for rows that a user added: their source is a user's, or their parent row is."""
    source = metadata.tables["source"]
    if table is source:
        return source.c.origin == "user"
    if "source_id" in table.c:
        mine = select(source.c.source_id).where(source.c.origin == "user")
        return table.c.source_id.in_(mine)
    for key in table.foreign_keys:
        parent = key.column.table
        return key.parent.in_(select(key.column).where(is_own(parent)))
    return false()
