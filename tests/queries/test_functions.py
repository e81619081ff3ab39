"""Every macro of queries/functions is documented, is a leaf, passes its own tests, and keeps the unknown unknown."""

from __future__ import annotations

import re

import duckdb
import pytest

from catalog_db import assets, sqlfile

FUNCTIONS = {file.name: file for file in sqlfile.read_folder(assets.folder("queries", "functions"))}
MACROS = {
    file.name for folder in ("functions", "tables") for file in sqlfile.read_folder(assets.folder("queries", folder))
}

# Macros that sort a required word into a class: what is none of the special ones is the usual one.
SORTING = {"shard_kind": "tensor", "constant_blocks": 0}

every_function = pytest.mark.parametrize("name", sorted(FUNCTIONS))


def code(sql: str) -> str:
    """SQL without comments and without the text inside quotes."""
    return re.sub(r"'[^']*'", "''", re.sub(r"--[^\n]*", "", sql))


def parameters(db: duckdb.DuckDBPyConnection, name: str) -> tuple[list[str], list[str | None]]:
    found = db.execute(
        "select parameters, parameter_types from duckdb_functions()"
        " where database_name = 'mlsysdb' and function_name = ?",
        [name],
    ).fetchall()
    assert len(found) == 1, f"{name} is in the catalog {len(found)} times"
    return found[0]


@every_function
def test_header_says_what_it_is(name: str) -> None:
    assert FUNCTIONS[name].summary.endswith("."), "the header's first paragraph is a sentence"
    assert len(FUNCTIONS[name].summary) > 20


@every_function
def test_file_defines_the_one_macro_it_is_named_after(name: str) -> None:
    defined = re.findall(r"create or replace macro (\w+)\(", FUNCTIONS[name].definition)
    assert defined == [name]


@every_function
def test_macro_is_a_leaf(name: str) -> None:
    called = set(re.findall(r"(\w+)\s*\(", code(FUNCTIONS[name].definition))) - {name}
    assert not called & MACROS
    assert "mlsysdb." not in code(FUNCTIONS[name].definition)


@every_function
def test_macro_reads_no_table(name: str) -> None:
    assert not re.search(r"\b(from|join)\b", code(FUNCTIONS[name].definition))


@every_function
def test_own_tests_hold(name: str, db: duckdb.DuckDBPyConnection) -> None:
    text = FUNCTIONS[name].tests
    statements = db.extract_statements(text)
    assert len(statements) >= 2, "one case proves little"
    assert len(statements) == code(text).count(";"), "each test is a statement of its own"
    for statement in statements:
        relation = db.sql(statement.query)
        rows = relation.fetchall()
        assert len(rows) == 1, statement.query
        for column, value in zip(relation.columns, rows[0], strict=True):
            assert value is True, f"{name}: {column} is {value}"


@every_function
def test_own_tests_name_what_they_check(name: str, db: duckdb.DuckDBPyConnection) -> None:
    columns = [
        column
        for statement in db.extract_statements(FUNCTIONS[name].tests)
        for column in db.sql(statement.query).columns
    ]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]+", column) for column in columns), columns
    assert len(set(columns)) == len(columns), "two tests have one name"


@every_function
def test_parameters_are_bigint_double_boolean_or_text(name: str, db: duckdb.DuckDBPyConnection) -> None:
    _, types = parameters(db, name)
    assert set(types) <= {"BIGINT", "DOUBLE", "BOOLEAN", "VARCHAR", None}
    if None in types:
        assert "untyped" in FUNCTIONS[name].header, "the header says why a parameter has no type"


@every_function
def test_nothing_known_gives_nothing_known(name: str, db: duckdb.DuckDBPyConnection) -> None:
    names, _ = parameters(db, name)
    value = db.sql(f"select {name}({', '.join('null' for _ in names)})").fetchall()[0][0]
    parts = value.values() if isinstance(value, dict) else [value]
    assert set(parts) == {SORTING.get(name)}, f"{name} of unknowns is {value}"


def test_each_macro_has_its_header_as_comment(db: duckdb.DuckDBPyConnection) -> None:
    comments = dict(
        db.execute("select function_name, comment from duckdb_functions() where database_name = 'mlsysdb'").fetchall()
    )
    assert {name: comments[name] for name in FUNCTIONS} == {name: file.summary for name, file in FUNCTIONS.items()}
