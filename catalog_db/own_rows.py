"""Check a user's rows before anything is written: types, constraints, whose source they hang on."""

from __future__ import annotations

import difflib
import math
import operator
import re
import reprlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import duckdb
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Double, Table

from catalog_db.errors import UsageError
from catalog_db.keep import COMPUTED, Own, Row, key, label, none, parent_key
from catalog_db.tables import metadata

Given = Mapping[str, Iterable[Mapping[str, Any]]]
LARGEST = 2**63 - 1
LONGEST = 100_000  # characters; a CSV reader refuses cells of more than 131,072


def typed(given: Given) -> Own:
    """The rows in the order of each table's columns, parents first, their source filled in. Raises UsageError."""
    rows = {name: [dict(row) for row in some] for name, some in given.items()}
    _check_tables(rows)
    _fill_sources(rows)
    found = none()
    with duckdb.connect() as memory:
        for name, some in rows.items():
            table = metadata.tables[name]
            found[name] = [_row(table, row) for row in some]
            for row in found[name]:
                _check_constraints(memory, table, row)
            _check_keys(table, found[name])
    return found


def joined(own: Own, new: Own) -> Own:
    """The user's rows and new ones; a new row that is there already, cell for cell, counts once. Raises UsageError."""
    both = {name: own[name] + [row for row in new[name] if row not in own[name]] for name in own}
    for name, rows in both.items():
        _check_keys(metadata.tables[name], rows)
        _check_owner(metadata.tables[name], rows, both)
    return both


def _check_tables(rows: Mapping[str, Any]) -> None:
    known = [name for name, table in metadata.tables.items() if _can_be_own(table)]
    for name in rows:
        if name not in known:
            near = difflib.get_close_matches(name, known)
            raise UsageError(f"table {name}: no table for rows of yours; there are {', '.join(near or sorted(known))}")
    if not any(rows.values()):
        raise UsageError("no rows to add")


def _can_be_own(table: Table) -> bool:
    has_owner = "source_id" in table.c or parent_key(table) is not None
    return table.name not in COMPUTED and has_owner


def _fill_sources(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Rows that name no source get the only one among the rows, or one made for them."""
    without = [
        row for name, some in rows.items() for row in some
        if name != "source" and "source_id" in metadata.tables[name].c and not row.get("source_id")
    ]  # fmt: skip
    sources = rows.setdefault("source", [])
    if without and not sources:
        sources.append(_made_source(rows))
    for source in sources:
        if source.setdefault("origin", "user") != "user":
            raise UsageError(f"source, column origin: {source['origin']!r}; a row of yours says 'user' or nothing")
    if without and len(sources) > 1:
        raise UsageError("column source_id: missing, and several sources are given; name one of them in each row")
    for row in without:
        row["source_id"] = sources[0].get("source_id")


def _made_source(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A source that says what is known of it: whose statement it is, and when."""
    today = datetime.now(UTC).date()
    name, row = next((name, row) for name, some in rows.items() for row in some)
    first = row.get(metadata.tables[name].primary_key.columns.keys()[0])
    slug = re.sub(r"[^a-z0-9.]+", "-", str(first).lower()).strip("-")
    return {
        "source_id": f"user-{today}-{name.replace('_', '-')}-{slug}",
        "title": "Own statement",
        "publisher": "the user of this catalog",
        "accessed_on": today,
    }


def _row(table: Table, row: Mapping[str, Any]) -> Row:
    for name in row:
        if name not in table.c:
            near = difflib.get_close_matches(str(name), table.c.keys())
            listed = ", ".join(near or table.c.keys())
            raise UsageError(f"{table.name}, column {name}: no such column; there are {listed}")
    return tuple(value(table, column, row.get(column.name)) for column in table.columns)


def value(table: Table, column: Column[Any], given: Any) -> Any:
    """The value as the column holds it. Raises UsageError."""
    where = f"{table.name}, column {column.name}"
    if given is None:
        if not column.nullable:
            raise UsageError(f"{where}: a value is required ({column.comment})")
        return None
    try:
        return _converted(column, given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{where}: {_shown(given)} {error}") from error


def _converted(column: Column[Any], value: Any) -> Any:
    """The value as the column holds it. Raises ValueError that ends the sentence "'x' ..."."""
    if isinstance(column.type, Boolean):
        return _boolean(value)
    if isinstance(column.type, BigInteger):
        return _whole(value)
    if isinstance(column.type, Double):
        return _number(value)
    return _date(value) if isinstance(column.type, Date) else _text(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is not true or false")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ValueError("is not a whole number")
    number = operator.index(value)
    if not -LARGEST <= number <= LARGEST:
        raise ValueError(f"is beyond {LARGEST}")
    return number


def _number(value: Any) -> float:
    if isinstance(value, bool | str):
        raise ValueError("is not a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    return number


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is not a date (YYYY-MM-DD)") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    if not value:
        raise ValueError("is empty: leave out what is unknown")
    if len(value) > LONGEST:
        raise ValueError(f"is longer than {LONGEST:,} characters")
    if "\0" in value or value != value.encode("utf-8", "replace").decode("utf-8"):
        raise ValueError("holds characters that are no text")
    return value


def _check_constraints(memory: duckdb.DuckDBPyConnection, table: Table, row: Row) -> None:
    """Every CHECK of the table holds; DuckDB is asked, so that a rule is written once."""
    columns = table.columns.keys()
    for rule in (str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)):
        named = [name for name in columns if re.search(rf"\b{name}\b", rule)]
        values = [row[columns.index(name)] for name in named]
        cells = ", ".join(f'?::{table.c[name].type} as "{name}"' for name in named)
        if memory.sql(f"select {cells}", params=values).project(rule).fetchall() == [(False,)]:
            said = ", ".join(f"column {name}: {_shown(value)}" for name, value in zip(named, values, strict=True))
            raise UsageError(f"{table.name} {label(table, row)}, {said}; the rule is: {rule}")


def _check_keys(table: Table, rows: list[Row]) -> None:
    seen: dict[Row, Row] = {}
    for row in rows:
        other = seen.setdefault(key(table, row), row)
        if other is row:
            continue
        different = [
            f"column {column.name}: {_shown(new)}, there is {_shown(old)}"
            for column, old, new in zip(table.columns, other, row, strict=True)
            if old != new
        ]
        raise UsageError(
            f"{table.name} {label(table, row)} is yours already ({'; '.join(different) or 'twice the same row'}): "
            "give the new one another key, or take yours back with `mlsysdb remove`"
        )


def _check_owner(table: Table, rows: list[Row], own: Own) -> None:
    """A row belongs to a source of the user's, or to a parent row of theirs: others would not last."""
    columns = table.columns.keys()
    if table.name == "source":
        return
    if "source_id" in columns:
        place, owners, what = columns.index("source_id"), {row[0] for row in own["source"]}, "source"
    else:
        parent = parent_key(table)
        assert parent is not None or not rows
        if parent is None:
            return
        place, what = columns.index(parent[0].name), parent[1].table.name
        owners = {key(metadata.tables[what], row)[0] for row in own[what]}
    for row in rows:
        if row[place] not in owners:
            where = f"{table.name} {label(table, row)}, column {columns[place]}: {_shown(row[place])}"
            raise UsageError(f"{where} is no {what} of yours: add one with an id of your own, and name that")


def _shown(value: Any) -> str:
    """A value in a message: on one line, and not without end."""
    short = reprlib.Repr()
    short.maxstring = short.maxother = 80
    return short.repr(value)
