"""Which machines of somebody's inventory hold what: read it, tell what it means, and ask the catalog.

Every figure comes from SQL: each step is a question of queries/commands whose rows are kept for the next one.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from catalog_db import columns, inventory, names, query
from catalog_db import database as databases
from catalog_db.database import quoted_name
from catalog_db.errors import UsageError
from catalog_db.question import Options, Question, least_devices, prepare

GRAINS = ("node", "model", "fleet")
STEPS = ("fleet_pool", "fleet_machine", "fleet_kind", "fleet_level", "fleet_choice")
SET_STEPS = ("fleet_place", "fleet_span", "fleet_set")
SHOWN_NAMES = 10
# Different amounts of free memory that are planned one by one: for every model, and for one model.
LEVELS_OF_ALL, LEVELS_OF_ONE = 200, 5000
MOST_SORTED = 5_000_000
WANTED = {
    "count": "a whole number from 0 to 1,000,000",
    "nodes": "a whole number from 0 to 10,000,000",
    "free": "an amount of memory with its unit, such as '70.5 GiB' (or name the unit: --map free_gib=COLUMN)",
    "price": "a price such as 2.99",
}


@dataclass
class Fleet:
    """A fleet whose machines are known to the connection, and what should be said about it."""

    columns: columns.Columns
    notes: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def fits(
    what: Any,
    *,
    model: str | None = None,
    table: str | None = None,
    sql: str | None = None,
    mapping: Mapping[str, str] | None = None,
    per: str = "node",
    database: str | None = None,
    everything: bool = True,
    **options: Any,
) -> query.Answer:
    """The answer for an inventory: a path, a URL, a data frame or an Arrow table; unknown GPU names become warnings."""
    connection = databases.open_catalog(database, is_python=True)
    asked = prepare(connection, Options(**options), model=model)
    found = read(connection, inventory.named(what, table, sql), mapping or {})
    for text in found.unknown:
        warnings.warn(text, stacklevel=3)
    return ask(connection, found, asked, per, everything)[0]


def read(
    connection: duckdb.DuckDBPyConnection, source: inventory.Source, mapping: Iterable[str] | Mapping[str, str] = ()
) -> Fleet:
    """Read an inventory. Raises UsageError when its GPU column cannot be told, a cell is bad, or no GPU is known."""
    # What does not fit into memory goes where temporary files go, and not into the folder that one happens to be in.
    connection.execute("set temp_directory = $1", [str(Path(tempfile.gettempdir()) / f"mlsysdb-{os.getpid()}")])
    with inventory.opened(connection, source) as rows:
        found = columns.recognised(rows.columns, mapping)
        if "gpu" not in found.by_role:
            raise UsageError(_no_gpu(connection, source, rows))
        connection.register("fleet_cell", _cells(rows, found))
        query.keep(connection, "fleet_entry", {"unit": found.unit})
    _refuse_faults(connection, source, found)
    query.keep(connection, "fleet_gpu")
    fleet = Fleet(found)
    _name_gpus(connection, fleet)
    if not query.report(connection, "fleet_known").rows[0][0]:
        raise UsageError("; ".join([f"{source.label}: no row names a GPU of the catalog", *fleet.unknown]))
    return fleet


def ask(
    connection: duckdb.DuckDBPyConnection, found: Fleet, asked: Question, per: str, everything: bool
) -> tuple[query.Answer, dict[str, Any]]:
    """The answer for the fleet that was read, one row per `per`, and its summary in numbers."""
    if per not in GRAINS:
        raise UsageError(f"--per: {per!r} is not one of {', '.join(GRAINS)}")
    split = asked.parameters["tensor_parallel"] or asked.parameters["pipeline_parallel"]
    parameters = asked.parameters | {
        "devices": asked.parameters["devices"] or (least_devices(asked.parameters) if split else None),
        "most_levels": LEVELS_OF_ONE if asked.parameters["model"] else LEVELS_OF_ALL,
        "counts_gpus": found.columns.counts_gpus,
        "everything": everything,
    }
    for step in STEPS + (SET_STEPS if per == "model" else ()):
        query.keep(connection, step, parameters)
    summary = query.report(connection, "fleet_summary", parameters).first or {}
    answer = query.many(connection, f"fleet_{per}", parameters)
    if per == "node" and summary["answers"] <= MOST_SORTED:
        answer = answer.sorted_by("inventory_row", "accelerator", "-fits", "-weights_bytes", "model")
    elif per == "node":
        connection.execute("set preserve_insertion_order = false")  # written as they come, in bounded memory
    return answer, summary


def summary_words(summary: dict[str, Any], model: str | None) -> list[str]:
    """What was read and what was found, in words."""
    words = [f"{summary['nodes']:,} nodes of {summary['kinds']:,} kinds, {summary['devices']:,} GPUs"]
    if model:
        words.append(f"{model} fits on {summary['holding_nodes']:,} of the nodes")
    else:
        words.append(f"{summary['models']:,} of {summary['all_models']:,} models fit on some node")
    left_out = [
        (summary["rows_without_gpu"], "rows without a GPU's name"),
        (summary["rows_without_devices"], "rows with a count of 0"),
        (summary["repeated_nodes"], "nodes in several rows, whose GPUs and prices are added up"),
    ]
    lines = ["; ".join(words)] + [f"{text}: {number:,}" for number, text in left_out if number]
    if summary["answers"] > MOST_SORTED:
        lines.append(f"{summary['answers']:,} rows of nodes and models: they are not sorted")
    if summary["step_bytes"] > 1:
        lines.append(
            f"free memory is rounded down to {summary['step_bytes'] // 2**30} GiB: it comes in too many amounts"
        )
    return lines


def _cells(rows: duckdb.DuckDBPyRelation, found: columns.Columns) -> duckdb.DuckDBPyRelation:
    """The columns that play a role, under the role's name, as text."""
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    return rows.select(*(_cell(role, found.by_role.get(role), types) for role in columns.ROLES))


def _cell(role: str, column: str | None, types: Mapping[str, str]) -> duckdb.Expression:
    if column is None:
        return duckdb.ConstantExpression(None).cast("VARCHAR").alias(role)
    cell = duckdb.SQLExpression(quoted_name(column))
    if types[column] == "JSON":
        cell = duckdb.FunctionExpression("json_extract_string", cell, duckdb.ConstantExpression("$"))
    return cell.cast("VARCHAR").alias(role)


def _no_gpu(connection: duckdb.DuckDBPyConnection, source: inventory.Source, rows: duckdb.DuckDBPyRelation) -> str:
    """Why no column was taken for the GPU's, with the column that looks like it."""
    names_ = rows.columns
    listed = ", ".join(names_[:30]) + (" ..." if len(names_) > 30 else "")
    told = f"{source.label}: which column names the GPU? The columns are: {listed}"
    if _recognised(connection, list(names_)):
        return f"{told}. The first line seems to be no header: add one, such as node,gpu,count"
    for column in names_:
        texts = rows.select(duckdb.SQLExpression(quoted_name(column)).cast("VARCHAR")).limit(200).fetchall()
        example = _recognised(connection, [text for (text,) in texts if text])
        if example:
            return f"{told}. {column} holds names such as {example!r}: say --map {f'gpu={column}'!r}"
    return f"{told}. Say --map gpu=COLUMN"


def _recognised(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> str | None:
    rows = query.report(connection, "fleet_recognised", {"texts": texts}).rows if texts else []
    return rows[0][0] if rows else None


def _refuse_faults(connection: duckdb.DuckDBPyConnection, source: inventory.Source, found: columns.Columns) -> None:
    rows = query.report(connection, "fleet_fault").rows
    if not rows:
        return
    told = [
        f"row {row:,}, column {found.by_role[role]}: {text[:80]!r} is not {WANTED[role]}" for row, role, text, _ in rows
    ]
    more = rows[0][3] - len(rows)
    raise UsageError(
        f"{source.label}: " + "; ".join(told) + (f"; and {more:,} more" if more else "") + " (row 1 follows the header)"
    )


def _name_gpus(connection: duckdb.DuckDBPyConnection, fleet: Fleet) -> None:
    """Say which names are not known, mean several, or were taken to mean one of several."""
    rows = query.report(connection, "fleet_unknown").rows
    chosen = [row for row in rows if row[2]]
    unknown = [row for row in rows if not row[2]]
    fleet.notes = [
        f"{gpu} ({_rows(count)}) is taken to mean {accelerator}; others: "
        + ", ".join(target for target in targets.split(", ") if target != accelerator)
        for gpu, count, accelerator, targets in chosen[:SHOWN_NAMES]
    ]
    fleet.unknown = [_unknown(connection, gpu, count, targets) for gpu, count, _, targets in unknown[:SHOWN_NAMES]]
    if len(unknown) > SHOWN_NAMES:
        rest = unknown[SHOWN_NAMES:]
        fleet.unknown.append(f"and {len(rest):,} more unknown names in {sum(row[1] for row in rest):,} rows")


def _unknown(connection: duckdb.DuckDBPyConnection, gpu: str, count: int, targets: str | None) -> str:
    shown = gpu if len(gpu) <= 80 else gpu[:77] + "..."
    if targets:
        return f"ambiguous GPU {shown!r} ({_rows(count)} left out): it may mean {targets}"
    near = names.nearest(connection, "accelerator", gpu[:200])
    return f"unknown GPU {shown!r} ({_rows(count)} left out)" + (f"; nearest: {', '.join(near)}" if near else "")


def _rows(count: int) -> str:
    return f"{count:,} row" + ("" if count == 1 else "s")
