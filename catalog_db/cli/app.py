"""The application that the commands of this package register with."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from catalog_db.version import __version__

app = typer.Typer(
    name="mlsysdb",
    help="Which models fit which GPUs: a SQL catalog in which every figure has its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if sys.stdout.isatty() and sys.stderr.isatty() else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Say the version, when asked."""
    if version:
        print(f"mlsysdb {__version__}")
        raise typer.Exit
