"""Commands that look things up: one thing, a name, any SQL, the file."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog_db import database as databases
from catalog_db import names, query, render, units
from catalog_db.cli.app import app
from catalog_db.cli.options import Database, Format, Output, check_format, say
from catalog_db.errors import UsageError


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A model, accelerator, system, weight format, KV dtype or engine.")],
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """One thing of the catalog, each figure with its source."""
    check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        kind, subject = names.anything(connection, name)
        say(f"{kind.replace('_', ' ')} {subject}")
        answer = query.report(connection, "show", {"kind": kind, "id": subject})
        render.write(answer, form, output, ["figure", "as_printed", "tier", "source", "place"])


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Part of a name, typos allowed.")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Find models, accelerators, systems, formats and dtypes by any of their names."""
    check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        answer = query.report(connection, "search", {"kind": None, "text": text, "most": limit})
        if not len(answer):
            raise UsageError(f"no name is like {text!r}")
        render.write(answer, form, output)


@app.command("query")
def run_query(
    sql: Annotated[str | None, typer.Argument(help="SQL; '-' or nothing reads standard input.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Read the SQL from this file.")] = None,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """SQL against the catalog."""
    check_format(form)
    text = _sql_text(sql, file)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        if "convert_unit" in text or "parse_quantity" in text:
            units.register(connection)
        render.write(query.sql(connection, text), form, output)


@app.command()
def path(database: Database = None) -> None:
    """Where the database is: duckdb "$(mlsysdb path)"."""
    databases.open_catalog(database).close()
    print(databases.chosen_path(database)[0])


def _sql_text(sql: str | None, file: Path | None) -> str:
    try:
        if file is not None:
            return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--file {file}: {error}") from error
    if sql is None and sys.stdin.isatty():
        raise UsageError('no SQL to run: mlsysdb query "select ...", --file FILE, or a pipe')
    return sys.stdin.read() if sql in (None, "-") else str(sql)
