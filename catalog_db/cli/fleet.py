"""`fits --inventory`: which of somebody's machines hold what."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from catalog_db import question, render
from catalog_db.cli.options import ordered, say
from catalog_db.errors import UsageError
from catalog_db.output import Table, target

if TYPE_CHECKING:  # imported where they are used: a question about one GPU has no use for them
    from catalog_db import fleet, inventory

Inventory = Annotated[
    str | None,
    typer.Option(
        help="Which of my machines hold what? A CSV, Parquet or JSON file, FILE:TABLE of DuckDB or SQLite, postgresql://..."
    ),
]
TableName = Annotated[str | None, typer.Option("--table", help="The inventory's table in its database.")]
Query = Annotated[str | None, typer.Option("--query", help="SQL that gives the inventory (PostgreSQL, SQLite).")]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", help="ROLE=COLUMN where a column is not recognised: gpu=card_model, free_mib=mem, node=..."),
]
Per = Annotated[str, typer.Option(help="With --inventory, a row per node (and model), model or fleet (kind of node).")]
COLUMNS = {
    "node": [
        "node", "model", "accelerator", "weight_format", "devices", "replicas", "stranded_devices", "required_bytes",
        "headroom_bytes", "max_context_tokens", "max_sequences", "price_per_replica", "evidence_tier",
    ],
    "model": [
        "model", "weight_format", "nodes", "replicas", "stranded_devices", "smallest_set_nodes", "smallest_set",
        "accelerator", "devices", "required_bytes", "headroom_bytes", "smallest_set_price", "cheapest_node",
        "cheapest_price_per_replica", "evidence_tier",
    ],
    "fleet": [
        "accelerator", "node_devices", "nodes", "devices", "visible_memory_bytes", "price", "models", "largest_model",
    ],
}  # fmt: skip


def source_of(
    gpu: str | None, model: str | None, what: str | None, table: str | None, sql: str | None
) -> inventory.Source | None:
    """The inventory that is asked about; None when it is one GPU or one model. Raises UsageError for a mixture."""
    if what is not None and gpu is None:
        from catalog_db import inventory

        return inventory.named(what, table, sql)
    if what is not None:
        raise UsageError("fits wants either --gpu or --inventory, and not both")
    if table or sql:
        raise UsageError("--table and --query say where in an inventory: add --inventory FILE or URL")
    if (gpu is None) == (model is None):
        raise UsageError(
            "fits wants --gpu (which models fit it?), --model (which GPUs hold it?) or --inventory (which of my "
            "machines hold what?); of --gpu and --model only one"
        )
    return None


def answer(
    connection: duckdb.DuckDBPyConnection, source: inventory.Source, asked: question.Question, mapping: list[str],
    per: str, everything: bool, sort: str | None, limit: int | None, form: str, output: Path | None,
) -> None:  # fmt: skip
    """Read the inventory, answer and print."""
    from catalog_db import fleet

    refuse_own(source, output)
    found = fleet.read(connection, source, mapping)
    say(found.columns.words, *found.unknown, *found.notes, *asked.notes)
    answered, summary = fleet.ask(connection, found, asked, per, everything)
    shown = ordered(answered, sort, limit)
    say(question.assumptions(asked, next(iter(shown.head(1)), None)))
    render.write(shown, form, output, _columns(per, found, asked.parameters["model"]))
    say(*fleet.summary_words(summary, asked.parameters["model"]))


def refuse_own(source: inventory.Source, output: Path | None) -> None:
    """Refuse to write an answer over the inventory that it comes from."""
    from catalog_db import inventory

    file = inventory.file_of(source)
    if output is None or file is None or not file.exists():
        return
    into = target(output)
    path = into.file if isinstance(into, Table) else into
    is_same = path.exists() and path.samefile(file)
    is_beside = isinstance(into, Table) and source.table is not None and _bare(into.name) != _bare(source.table)
    if is_same and not is_beside:
        raise UsageError(f"--output {output} is the inventory itself: name another")


def _bare(table: str) -> str:
    return table.split(".")[-1].lower()


def _columns(per: str, found: fleet.Fleet, model: str | None) -> list[str] | None:
    """The columns a table shows; prices only where the inventory has any."""
    if per == "fleet" and model is not None:
        return None
    is_priced = "price" in found.columns.by_role
    return [name for name in COLUMNS[per] if is_priced or ("price" not in name and name != "cheapest_node")]
