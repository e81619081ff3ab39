"""What the READMEs print of the catalog: dictionary, errors, coverage, changes (`python -m catalog_db.dictionary`)."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from itertools import groupby
from pathlib import Path

import duckdb

from catalog_db import assets, build, database, query, render

RULE = "|---|---|---|"
COLUMNS = """
    select
        columns.table_name, coalesce(tables.comment, views.comment),
        columns.column_name, columns.data_type, columns.comment
    from duckdb_columns() as columns
    left join duckdb_tables() as tables
        on columns.table_name = tables.table_name and columns.database_name = tables.database_name
    left join duckdb_views() as views
        on columns.table_name = views.view_name and columns.database_name = views.database_name
    where columns.database_name = 'mlsysdb' and not columns.internal and columns.table_name <> 'alembic_version'
        and not starts_with(columns.table_name, 'kept_')
    order by views.view_name is not null, columns.table_name, columns.column_index
"""
FUNCTIONS = """
    select function_name, function_type, parameters, comment from duckdb_functions()
    where database_name = 'mlsysdb' and not internal order by function_type, function_name
"""


def text(connection: duckdb.DuckDBPyConnection) -> str:
    """The dictionary in Markdown: tables and views with their columns, then functions and table macros."""
    parts = []
    for (name, comment), rows in groupby(connection.execute(COLUMNS).fetchall(), key=lambda row: row[:2]):
        lines = [f"| `{column}` | {kind} | {meaning or ''} |" for _, _, column, kind, meaning in rows]
        parts.append(
            "\n".join(
                [f"#### `{name}`", "", comment or "", "", "| column | type | meaning |", "|---|---|---|", *lines, ""]
            )
        )
    functions = [
        f"| `{name}({', '.join(parameters)})` | {kind.replace('_', ' ')} | {comment or ''} |"
        for name, kind, parameters, comment in connection.execute(FUNCTIONS).fetchall()
    ]
    parts.append(
        "\n".join(["#### Functions and table macros", "", "| name | kind | meaning |", "|---|---|---|", *functions, ""])
    )
    return "\n".join(parts)


def accuracy(connection: duckdb.DuckDBPyConnection) -> str:
    """The published error in Markdown, with the date of the catalog."""
    answer = query.report(connection, "accuracy_overview")
    built_on = database.info(connection)["built_at"][:10]
    table = render.text(answer.columns, answer.rows, "markdown")
    return f"{table}\nAs of {built_on}; by version and architecture: `mlsysdb check --accuracy`.\n"


def put(part: str, text: str, readme: str) -> str:
    """`readme` with `text` between the markers of `part`."""
    begin, end = f"<!-- {part}: begin -->", f"<!-- {part}: end -->"
    head, _, rest = readme.partition(begin)
    return f"{head}{begin}\n\n{text}\n{end}{rest.partition(end)[2]}"


def coverage(connection: duckdb.DuckDBPyConnection) -> str:
    """In Markdown: the figures of each table by evidence tier."""
    answer = query.report(connection, "coverage_overview")
    return render.text(answer.columns, answer.rows, "markdown")


def changes(connection: duckdb.DuckDBPyConnection) -> str:
    """In Markdown: the rows added, changed and withdrawn since the release before."""
    answer = query.report(connection, "change_overview")
    return render.text(answer.columns, answer.rows, "markdown")


def parts(connection: duckdb.DuckDBPyConnection, checkout: Path) -> list[tuple[Path, str, str]]:
    """README, name and text of each generated part of a checkout."""
    readme, seeds = checkout / "README.md", checkout / "seeds" / "README.md"
    return [
        (readme, "accuracy", accuracy(connection)),
        (readme, "coverage", coverage(connection)),
        (seeds, "changes", changes(connection)),
        (seeds, "data dictionary", text(connection)),
    ]


def main() -> None:
    """Build a catalog in a temporary folder and rewrite the generated parts of the READMEs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / database.FILE
        build.upgrade(path)
        with contextlib.closing(database.attach(path)) as connection:
            for readme, part, content in parts(connection, assets.root()):
                readme.write_text(put(part, content, readme.read_text(encoding="utf-8")), encoding="utf-8")
                print(f"wrote {part} in {readme}", file=sys.stderr)


if __name__ == "__main__":
    main()
