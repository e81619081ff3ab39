"""Load the seeds' CSV files into a migrated database, parents first, naming file, line and column of a bad cell."""

from __future__ import annotations

import contextlib
import csv
import difflib
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Table

from catalog_db import around, assets
from catalog_db.errors import UsageError
from catalog_db.keep import Own, Row, key, label, none
from catalog_db.tables import metadata

Keys = set[tuple[Any, ...]]
BOOLEANS = {"true": True, "false": False}


def load(
    connection: duckdb.DuckDBPyConnection,
    folder: Path | None = None,
    own: Own | None = None,
    old: Own | None = None,
) -> Iterator[tuple[str, int]]:
    """Load every table's file from `folder` (default: the shipped seeds); yields table and row count as each is in.

    `own` are a user's rows: they go in first, and a seed row that states the same fact stays out (table `overridden`).
    `old` are all rows of the catalog they come from: what they hang on stays, though withdrawn (table `withdrawn`).
    """
    place = folder or assets.folder("seeds")
    seeds: Own = {table.name: read_table(place, table) for table in metadata.sorted_tables}
    own = around.renamed(own or none(), seeds)
    kept = around.withdrawn(own, old, seeds) if old else none()
    keys: dict[str, Keys] = {}
    aside: list[Row] = []
    for table in metadata.sorted_tables:
        file, rows, mine = place / f"{table.name}.csv", seeds[table.name], own[table.name]
        keys[table.name] = _check_keys(file, table, rows, keys) | {key(table, row) for row in kept[table.name]}
        _check_own(table, mine, keys)
        keys[table.name] |= {key(table, row) for row in mine}
        _insert_rows(connection, table, [*mine, *kept[table.name]])
        _insert_seeds(connection, file, table, rows, mine)
        aside += around.overridden(table, rows, mine)
        yield table.name, len(rows) + len(mine)
    gone = [(name, label(metadata.tables[name], row)) for name, rows in kept.items() for row in rows]
    _insert_rows(connection, metadata.tables["overridden"], aside)
    _insert_rows(connection, metadata.tables["withdrawn"], gone)


@contextlib.contextmanager
def _transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows go in whole: outside of a transaction DuckDB's relations swallow a commit that a full disk refused."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def read_table(folder: Path, table: Table) -> list[Row]:
    """The typed rows of a table's file in `folder`; none where there is no file."""
    file = folder / f"{table.name}.csv"
    return [tuple(row) for row in read(file, table)] if file.exists() else []


def read(file: Path, table: Table) -> list[list[Any]]:
    """The typed rows of `file`, in the table's column order. Raises UsageError at the first bad cell."""
    try:
        with file.open(newline="", encoding="utf-8") as handle:
            reader = csv.reader(handle, strict=True)
            header = next(reader, [])
            _check_header(file, table, header)
            typed = _reader_of(table)
            return [typed(cells) or _typed(file, reader.line_num, table, header, cells) for cells in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not a readable CSV file: {error}") from error


def _check_header(file: Path, table: Table, header: list[str]) -> None:
    wanted = [column.name for column in table.columns]
    if header != wanted:
        raise UsageError(f"{file}, line 1: the header must be {','.join(wanted)}; it is {','.join(header)}")


def _reader_of(table: Table) -> Callable[[list[str]], list[Any] | None]:
    """Turns the cells of a line into values at once; None where one of them is bad, which `_typed` then names."""
    kinds = [_kind(column) for column in table.columns]
    required = [index for index, column in enumerate(table.columns) if not column.nullable]

    def typed(cells: list[str]) -> list[Any] | None:
        try:
            row = [kind(text) if text else None for kind, text in zip(kinds, cells, strict=True)]
        except (ValueError, KeyError):
            return None
        return None if any(row[index] is None for index in required) else row

    return typed


def _typed(file: Path, line: int, table: Table, header: list[str], cells: list[str]) -> list[Any]:
    if len(cells) != len(header):
        raise UsageError(f"{file}, line {line}: {len(cells)} cells where the header has {len(header)}")
    return [cell(f"{file}, line {line}, column {c.name}", c, v) for c, v in zip(table.columns, cells, strict=True)]


def cell(where: str, column: Column[Any], text: str) -> Any:
    """The value of a CSV cell; empty is NULL. Raises UsageError that begins with `where`."""
    if text == "":
        if not column.nullable:
            raise UsageError(f"{where}: empty, but a value is required ({column.comment})")
        return None
    try:
        return _kind(column)(text)
    except (ValueError, KeyError) as error:
        raise UsageError(f"{where}: {text!r} is not a {_type_word(column)}") from error


def _kind(column: Column[Any]) -> Callable[[str], Any]:
    """What turns a filled cell of the column into its value."""
    if isinstance(column.type, Boolean):
        return BOOLEANS.__getitem__
    if isinstance(column.type, BigInteger):
        return int
    if isinstance(column.type, Double):
        return _finite
    return date.fromisoformat if isinstance(column.type, Date) else str


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _type_word(column: Column[Any]) -> str:
    words = {
        Boolean: "boolean (true or false)",
        BigInteger: "whole number",
        Double: "number",
        Date: "date (YYYY-MM-DD)",
    }
    return next(word for kind, word in words.items() if isinstance(column.type, kind))


def _check_keys(file: Path, table: Table, rows: list[Row], keys: dict[str, Keys]) -> Keys:
    """Primary keys are unique and references exist; returns the primary keys."""
    names = table.columns.keys()
    references = _references(table)
    seen: Keys = set()
    for line, row in enumerate(rows, start=2):
        found = key(table, row)
        if found in seen:
            raise UsageError(f"{file}, row {line}: a second row with key {', '.join(map(str, found))}")
        seen.add(found)
        for i, parent in references:
            if row[i] is not None and (row[i],) not in keys[parent]:
                raise UsageError(f"{file}, row {line}, column {names[i]}: {row[i]!r} is not a row of {parent}.csv")
    return seen


def _references(table: Table) -> list[tuple[int, str]]:
    """The columns of `table` that are foreign keys, by number, and the tables they refer to."""
    names = table.columns.keys()
    return [(names.index(fk.parent.name), fk.column.table.name) for fk in table.foreign_keys]


def _check_own(table: Table, rows: list[Row], keys: dict[str, Keys]) -> None:
    """What a user's rows refer to exists, among their rows or the catalog's."""
    for i, parent in _references(table):
        for row in rows:
            if row[i] is None or (row[i],) in keys[parent]:
                continue
            known = ", ".join(difflib.get_close_matches(row[i], [str(found[0]) for found in keys[parent]]))
            where = f"{table.name} {label(table, row)}, column {table.columns.keys()[i]}"
            advice = f"add that row too, or name one that is there{f' ({known}?)' if known else ''}"
            raise UsageError(f"{where}: {row[i]!r} is not a row of {parent}: {advice}")


def _insert_seeds(
    connection: duckdb.DuckDBPyConnection, file: Path, table: Table, rows: list[Row], mine: list[Row]
) -> None:
    """In bulk by DuckDB's own reader, without what the user's rows stand in for; row by row to name a refused one."""
    if not rows:
        return
    types = {column.name: str(column.type) for column in table.columns}
    seeds = connection.read_csv(str(file), header=True, dtype=types, na_values="")
    if mine:
        seeds = seeds.join(connection.table(table.name), ", ".join(around.fact(table)), "anti")
    try:
        with _transaction(connection):
            seeds.insert_into(table.name)
    except duckdb.ConstraintException:
        _insert_rows(connection, table, rows, file)
        raise


def _insert_rows(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: Sequence[Sequence[Any]],
    file: Path | None = None,
) -> None:
    with _transaction(connection):
        for line, row in enumerate(rows, start=2):
            try:
                connection.table(table.name).insert(list(row))
            except duckdb.ConstraintException as error:
                place = f"{file}, row {line}" if file else f"your row {label(table, row)}"
                raise UsageError(f"{place} of {table.name}: {error}") from error
