"""Commands that look things up: one thing, a name, any SQL, the file."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog_db import database as databases
from catalog_db import names, query, render, reports, units
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
    report: Annotated[str | None, typer.Option(help="Run a ready question of queries/reports by its name.")] = None,
    param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE for the report: gpu=H100. Repeatable.")] = None,
    list_reports: Annotated[bool, typer.Option("--list-reports", help="List the ready questions.")] = False,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """SQL against the catalog, or a ready question by name."""
    check_format(form)
    if report is not None or list_reports or param:
        _run_report(sql, file, report, param or [], form, output, database)
        return
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


def _run_report(
    sql: str | None, file: Path | None, name: str | None, param: list[str], form: str, output: Path | None,
    database: str | None,
) -> None:  # fmt: skip
    if sql is not None or file is not None:
        raise UsageError("--report and --list-reports run a ready question: give no SQL beside them")
    if name is None and param:
        raise UsageError("--param is for a report: add --report NAME; `mlsysdb query --list-reports` lists them")
    if name is None:
        render.emit(_listed(form), output)
        return
    report = reports.named(name)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        answer = reports.run(connection, report, reports.pairs(param))
        say(f"{report.question} {report.grain}")
        render.write(answer, form, output)


def _listed(form: str) -> str:
    """The reports as a table of rows, or for people: each with its question and its parameters below it."""
    if form != "table":
        rows = [
            (report.name, report.question, report.grain, parameter and parameter.name, parameter and parameter.type,
             parameter and parameter.default, parameter and parameter.meaning)
            for report in reports.known()
            for parameter in report.parameters or (None,)
        ]  # fmt: skip
        return render.text(("report", "question", "grain", "parameter", "type", "default", "meaning"), rows, form)
    lines = []
    for report in reports.known():
        lines += [report.name, f"  {report.question}", f"  {report.grain}"]
        lines += [f"    {item.name}={item.default.strip(chr(39))}  {item.meaning}" for item in report.parameters]
    return "\n".join(lines) + "\n"


def _sql_text(sql: str | None, file: Path | None) -> str:
    try:
        if file is not None:
            return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--file {file}: {error}") from error
    if sql is None and sys.stdin.isatty():
        raise UsageError('no SQL to run: mlsysdb query "select ...", --file FILE, or a pipe')
    return sys.stdin.read() if sql in (None, "-") else str(sql)
