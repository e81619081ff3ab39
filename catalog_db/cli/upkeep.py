"""Commands that keep the catalog: upgrade it, check it."""

from __future__ import annotations

import contextlib
from typing import Annotated

import typer

from catalog_db import database as databases
from catalog_db import query, render
from catalog_db.cli.app import app
from catalog_db.cli.options import Database, Format, Output, check_format, say
from catalog_db.version import __version__

SHOWN = 10  # rows that a failing check prints


@app.command()
def upgrade(database: Database = None) -> None:
    """Migrate the tables and refresh the catalog's own rows; yours stay."""
    from catalog_db import build

    path, _ = databases.chosen_path(database)
    build.upgrade(path)
    say(f"{path} is up to date (mlsysdb {__version__})")


@app.command()
def check(
    accuracy: Annotated[bool, typer.Option("--accuracy", help="How far our figures were from measured ones.")] = False,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Run every rule of the catalog and say what is wrong. Exit code 1: something is."""
    from catalog_db import install

    check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        if accuracy:
            render.write(query.report(connection, "accuracy"), form, output)
            return
        found = install.run_checks(connection)
    results = [(rule.name, "ok" if not rows else f"{len(rows)} rows", rule.summary) for rule, rows in found]
    render.emit(render.text(("rule", "result", "meaning"), results, form), output)
    failed = [(rule, rows) for rule, rows in found if rows]
    for rule, rows in failed:
        say(f"{rule.name} finds:", *(f"  {', '.join(map(str, row))}" for row in rows[:SHOWN]))
        say(f"  and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "", f"  {rule.mend}")
    if failed:
        raise typer.Exit(1)
