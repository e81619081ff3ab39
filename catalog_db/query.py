"""Run a question and hand over its columns and rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import duckdb

from catalog_db import assets, sqlfile
from catalog_db.database import quoted_name
from catalog_db.errors import UsageError

_numbers = itertools.count()


class Answer:
    """Columns and rows of an answer; `.df()`, `.pl()`, `.arrow()` give them as DuckDB does."""

    def __init__(self, relation: duckdb.DuckDBPyRelation, connection: duckdb.DuckDBPyConnection) -> None:
        self.relation = relation
        self.columns: list[str] = relation.columns
        self.connection = connection  # a relation is of no use once its connection is closed
        self._rows: list[tuple[Any, ...]] | None = None

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as tuples, fetched once."""
        if self._rows is None:
            self._rows = self.relation.fetchall()
        return self._rows

    @property
    def first(self) -> dict[str, Any] | None:
        """The first row as a dictionary; None when there is none."""
        return dict(zip(self.columns, self.rows[0], strict=True)) if self.rows else None

    def ordered(self, sort: str | None, limit: int | None) -> Answer:
        """The same answer sorted by a column ("-column": largest first), unknown last, and cut after `limit` rows."""
        answer = self.sorted_by(sort) if sort else self
        return Answer(answer.relation.limit(limit), self.connection) if limit else answer

    def sorted_by(self, *columns: str) -> Answer:
        """The same answer sorted by columns ("-column": largest first), unknown last."""
        keys = [(duckdb.SQLExpression(quoted_name(name.lstrip("-"))), name.startswith("-")) for name in columns]
        order = [(column.desc() if is_down else column.asc()).nulls_last() for column, is_down in keys]
        return Answer(self.relation.sort(*order), self.connection)

    def head(self, count: int) -> list[dict[str, Any]]:
        """The first rows as dictionaries, without fetching the others."""
        rows = self.relation.limit(count).fetchall()
        return [dict(zip(self.columns, row, strict=True)) for row in rows]

    def chunks(self, count: int = 10_000) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, some at a time."""
        if self._rows is not None:
            yield self._rows
            return
        self.relation.execute()
        while rows := self.relation.fetchmany(count):
            yield rows

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dictionaries, by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def df(self) -> Any:
        """The rows as a pandas DataFrame."""
        return self.relation.df()

    def pl(self) -> Any:
        """The rows as a polars DataFrame."""
        return self.relation.pl()

    def arrow(self) -> Any:
        """The rows as an Arrow table."""
        return self.relation.to_arrow_table()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def report_sql(name: str) -> str:
    """The text of queries/commands/NAME.sql."""
    return sqlfile.read(assets.folder("queries", "commands") / f"{name}.sql").definition


def report(connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any] | None = None) -> Answer:
    """Run a question of queries/commands with those of `parameters` that it names."""
    text = report_sql(name)
    used = _used(connection, text, parameters)
    # DuckDB runs a statement with parameters at once and holds its rows; one without is run when its rows are fetched.
    return Answer(connection.sql(text, params=used) if used else connection.sql(text), connection)


def many(connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any]) -> Answer:
    """The same for a question whose answer has many rows: 5 to 15 ms less, each time they are used.

    A relation that holds rows writes them all out as text whenever it is used; one that names them does not.
    """
    held = f"{name}_{next(_numbers)}"
    connection.register(held, report(connection, name, parameters).relation)
    return Answer(connection.view(held), connection)


def keep(connection: duckdb.DuckDBPyConnection, name: str, parameters: dict[str, Any] | None = None) -> None:
    """Run a question of queries/commands and keep its rows in a temporary table of its name."""
    text = report_sql(name)
    connection.execute(f"create or replace temp table {name} as {text}", _used(connection, text, parameters))


def kept(connection: duckdb.DuckDBPyConnection, name: str) -> Answer:
    """The rows kept of a question."""
    return Answer(connection.table(f"temp.{name}"), connection)


def _used(connection: duckdb.DuckDBPyConnection, text: str, parameters: dict[str, Any] | None) -> dict[str, Any]:
    """DuckDB refuses parameters that a statement does not name."""
    wanted = connection.extract_statements(text)[0].named_parameters if parameters else ()
    return {name: value for name, value in (parameters or {}).items() if name in wanted}


def sql(connection: duckdb.DuckDBPyConnection, text: str) -> Answer:
    """Run a user's own SQL; its last statement's rows. Raises UsageError with DuckDB's message."""
    try:
        statements = connection.extract_statements(text)
        if not statements:
            raise UsageError("no SQL to run: give a statement, a file or standard input")
        for statement in statements[:-1]:
            connection.execute(statement)
        relation = connection.sql(statements[-1].query)
        answer = Answer(relation if relation is not None else connection.sql("select 'done' as result"), connection)
        answer.rows  # noqa: B018 (run it now, so that its errors are caught here)
        return answer
    except duckdb.Error as error:
        raise UsageError(f"SQL: {error}") from error
