"""Commands for one's own rows, and for a catalog inside a team's own database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from catalog_db import database as databases
from catalog_db.cli.app import app
from catalog_db.cli.options import Database, say
from catalog_db.version import __version__


@app.command()
def export(
    mine: Annotated[Path, typer.Option("--mine", metavar="DIR", help="Folder to write your own rows to, as CSV.")],
    database: Database = None,
) -> None:
    """Write your own rows as CSV files, one a table, that `mlsysdb import` reads back as they were."""
    from catalog_db import own

    databases.open_catalog(database).close()
    written = own.export(_path(database), mine)
    say(f"{_counted(written)} written to {mine}" if written else "no rows of yours: nothing was written")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that `mlsysdb export --mine` wrote.")],
    database: Database = None,
) -> None:
    """Add your own rows from CSV files, one a table; what is there already counts once."""
    from catalog_db import own

    read = own.import_(_path(database), folder)
    say(f"{_counted(read)} of {folder} are in {_path(database)}")


@app.command()
def remove(
    name: Annotated[str | None, typer.Argument(help="Id of a row of yours: a model, accelerator, alias, ...")] = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="A source of yours, with all its rows.")] = None,
    table: Annotated[str | None, typer.Option(help="The table, where several have a row of that name.")] = None,
    with_dependents: Annotated[bool, typer.Option("--with-dependents", help="Your rows that hang on it, too.")] = False,
    database: Database = None,
) -> None:
    """Take back rows of yours; the catalog's own stay, and come back where yours stood in for them."""
    from catalog_db import own

    went = own.remove(_path(database), name, source=source, table=table, with_dependents=with_dependents)
    say(f"{_counted(went)} taken back")


@app.command()
def install(
    into: Annotated[Path, typer.Option("--into", metavar="FILE", help="A DuckDB database of your own.")],
) -> None:
    """Put the catalog into a schema `mlsysdb` of your own DuckDB database, or upgrade it there; all else stays."""
    from catalog_db import warehouse

    warehouse.into(into.expanduser())
    say(f"{into} has the catalog of mlsysdb {__version__} in its schema mlsysdb: FROM mlsysdb.fits('H100')")


def _path(database: str | None) -> Path:
    return databases.chosen_path(database)[0]


def _counted(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {'row' if count == 1 else 'rows'} of {name}" for name, count in sorted(rows.items()))
