"""Views, table macros and questions keep the rules that let any DuckDB client use them."""

from __future__ import annotations

import re

import duckdb
import pytest

from catalog_db import assets, sqlfile


def files(folder: str) -> dict[str, sqlfile.SqlFile]:
    return {file.name: file for file in sqlfile.read_folder(assets.folder("queries", folder))}


FUNCTIONS, VIEWS, TABLES, COMMANDS, CHECKS = (
    files(folder) for folder in ("functions", "views", "tables", "commands", "checks")
)
every_view = pytest.mark.parametrize("name", sorted(VIEWS))
every_table_macro = pytest.mark.parametrize("name", sorted(TABLES))


def code(sql: str) -> str:
    """SQL without comments and without the text inside quotes."""
    return re.sub(r"'[^']*'", "''", re.sub(r"--[^\n]*", "", sql))


@every_view
def test_header_of_a_view_begins_with_its_grain(name: str) -> None:
    assert VIEWS[name].summary.startswith("One row")


@every_view
def test_view_file_defines_the_view_it_is_named_after(name: str) -> None:
    assert re.findall(r"create or replace view (\w+) as", VIEWS[name].definition) == [name]


@every_view
def test_view_works_under_any_alias(name: str) -> None:
    assert "mlsysdb." not in code(VIEWS[name].definition)


@every_view
def test_view_holds_no_lateral_join(name: str) -> None:
    assert not re.search(r"\blateral\b", code(VIEWS[name].definition))
    called = set(re.findall(r"(\w+)\s*\(", code(VIEWS[name].definition)))
    assert not called & set(TABLES), "a view over a table macro breaks on DuckDB 2.0"


@every_view
def test_view_has_rows_and_its_header_as_comment(name: str, db: duckdb.DuckDBPyConnection) -> None:
    assert db.execute(f"select 1 from {name} limit 1").fetchone() == (1,)  # noqa: S608
    comment = db.execute("select comment from duckdb_views() where database_name = 'mlsysdb' and view_name = ?", [name])
    assert comment.fetchone() == (VIEWS[name].summary,)


@every_table_macro
def test_table_macro_qualifies_each_of_our_names(name: str) -> None:
    text = code(TABLES[name].definition)
    body = text[text.index("as table") :]
    ours = set(FUNCTIONS) | set(TABLES)
    for called in re.findall(r"(?<![\w.])(\w+)\s*\(", body):
        assert called not in ours, f"{called}( stands without mlsysdb."
    known = set(re.findall(r"(?<![\w.])(\w+) as (?:materialized )?\(", body))
    for relation in re.findall(r"\b(?:from|join)\s+(?!\()([\w.]+)", body):
        bare = relation.split(".")[-1]
        assert relation.startswith("mlsysdb.") or bare in known | {"generate_series"}, (
            f"{relation} stands without mlsysdb."
        )


@every_table_macro
def test_parameters_of_a_table_macro_are_untyped(name: str, db: duckdb.DuckDBPyConnection) -> None:
    types = db.execute(
        "select parameter_types from duckdb_functions() where database_name = 'mlsysdb' and function_name = ?", [name]
    ).fetchall()
    assert len(types) == 1
    assert set(types[0][0]) == {None}, "DuckDB 2.0 cannot bind a typed parameter to a column of a lateral join"


@every_table_macro
def test_table_macro_has_its_header_as_comment(name: str, db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select comment from duckdb_functions() where database_name = 'mlsysdb' and function_name = ?", [name]
    )
    assert found.fetchone() == (TABLES[name].summary,)
    assert TABLES[name].summary


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_says_its_question(name: str) -> None:
    assert COMMANDS[name].summary.endswith((".", "?"))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_command_is_one_statement_that_reads(name: str, db: duckdb.DuckDBPyConnection) -> None:
    statements = db.extract_statements(COMMANDS[name].definition)
    assert [statement.type for statement in statements] == [duckdb.StatementType.SELECT]


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_check_says_its_rule(name: str) -> None:
    assert CHECKS[name].summary.endswith(".")
