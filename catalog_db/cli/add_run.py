"""`mlsysdb add measurement`: what an engine reported, from its log or as stated, with our prediction beside it."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

from catalog_db import database as databases
from catalog_db import names, query, render, sizes
from catalog_db.cli.add import DryRun, Yes, adding, check_free, check_terminal, write
from catalog_db.cli.options import Database
from catalog_db.errors import UsageError

LARGEST_LOG = 64 * 2**20
Size = Annotated[str | None, typer.Option(help="As the engine reported it, per device: 33.88GiB.")]


@adding.command("measurement")
def add_measurement(
    log: Annotated[str | None, typer.Argument(help="A start-up log; '-' reads standard input.")] = None,
    engine: Annotated[str | None, typer.Option(help="Without a log: vllm, vllm==0.19.0, sglang, llama.cpp.")] = None,
    model: Annotated[str | None, typer.Option(help="Which model it is, where the log's name is not known.")] = None,
    gpu: Annotated[str | None, typer.Option(help="Which GPU it is; most logs do not say.")] = None,
    gpus: Annotated[str | None, typer.Option(help="Devices used.")] = None,
    tp: Annotated[str | None, typer.Option(help="Tensor-parallel ranks.")] = None,
    pp: Annotated[str | None, typer.Option(help="Pipeline stages.")] = None,
    context: Annotated[str | None, typer.Option(help="max_model_len or context: 8192, 32k.")] = None,
    weights: Annotated[str | None, typer.Option(help="Weight format. Default: the log's, else the model's.")] = None,
    kv_dtype: Annotated[str | None, typer.Option(help="KV cache dtype. Default: the log's, else the model's.")] = None,
    memory_utilization: Annotated[float | None, typer.Option(help="Share of memory given to the engine.")] = None,
    max_sequences: Annotated[str | None, typer.Option(help="max_num_seqs.")] = None,
    max_batched_tokens: Annotated[str | None, typer.Option(help="max_num_batched_tokens.")] = None,
    weights_bytes: Size = None, kv_pool: Size = None, activation: Size = None, cuda_graph: Size = None,
    runtime: Size = None,
    kv_tokens: Annotated[str | None, typer.Option(help="Tokens the KV cache holds.")] = None,
    concurrency: Annotated[float | None, typer.Option(help="Sequences of that context at once.")] = None,
    outcome: Annotated[str | None, typer.Option(help="loaded, out_of_memory, failed or unknown.")] = None,
    run_id: Annotated[str | None, typer.Option("--id", help="Its id. Default: engine and a hash.")] = None,
    yes: Yes = False, dry_run: DryRun = False, database: Database = None,
) -> None:  # fmt: skip
    """Add a measured run: each figure with what the formulas give for the same set-up."""
    check_terminal(yes, dry_run)
    if log == "-" and not (yes or dry_run):
        raise UsageError("the log comes from standard input, so nobody can be asked there: add --yes or --dry-run")
    told, content, place = _log(log, engine)
    settings = {
        "tensor_parallel": ("--tp", tp), "pipeline_parallel": ("--pp", pp), "devices": ("--gpus", gpus),
        "context_tokens": ("--context", context), "max_sequences": ("--max-sequences", max_sequences),
        "max_batched_tokens": ("--max-batched-tokens", max_batched_tokens),
    }  # fmt: skip
    _apply(told, settings, memory_utilization, outcome)
    stated = {
        "weights_bytes": ("--weights-bytes", weights_bytes), "kv_pool_bytes": ("--kv-pool", kv_pool),
        "activation_bytes": ("--activation", activation), "cuda_graph_bytes": ("--cuda-graph", cuda_graph),
        "runtime_bytes": ("--runtime", runtime),
    }  # fmt: skip
    _state(told, stated, kv_tokens, concurrency)
    asked = {"model": model, "gpu": gpu, "weights": weights, "kv_dtype": kv_dtype}
    tables, shown = _tables(told, content, place, run_id, asked, database)
    write(tables, shown, yes, dry_run, database)


def _tables(
    told: Any, content: bytes, place: str, run_id: str | None, asked: dict[str, str | None], database: str | None
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """The run's rows, and the words to show it in."""
    from catalog_db.importers import measured, reading, understood

    digest = reading.sha256(content or repr(told).encode())
    run_id = understood.check_id(f"{told.engine}-{digest[7:19]}" if run_id is None else run_id)
    origin = understood.Origin(f"Own run of {told.engine}", "the user of this catalog", digest, place, "C")
    with contextlib.closing(databases.open_catalog(database)) as connection:
        check_free(connection, "engine_run", run_id, False)
        ids = _ids(connection, told, **asked)
        told.devices = measured.devices(told)
        tables = measured.rows(told, run_id, origin, ids)
        return tables, _shown(connection, told, tables, ids)


def _log(log: str | None, engine: str | None) -> tuple[Any, bytes, str]:
    """The parsed log, its bytes and where it was; or an empty one of the engine that is named."""
    from catalog_db.importers import engine_log, measured, reading

    if log is None:
        if engine is None:
            raise UsageError("name a log (or '-' for standard input), or --engine and what it reported")
        return measured.stated(engine), b"", "stated by hand"
    if log == "-":
        content = sys.stdin.buffer.read(LARGEST_LOG + 1)
        if len(content) > LARGEST_LOG:
            raise UsageError(f"standard input is longer than {LARGEST_LOG:,} bytes: paste the start-up alone")
    else:
        content = reading.data(Path(log).expanduser(), LARGEST_LOG)
    told = engine_log.parse(content.decode("utf-8", "replace"))
    if engine is not None:
        named = measured.stated(engine)
        told.engine, told.version = named.engine, named.version or told.version
    return told, content, "standard input" if log == "-" else reading.shown(Path(log).name)


def _apply(told: Any, settings: dict[str, tuple[str, str | None]], share: float | None, outcome: str | None) -> None:
    """What the options say wins over what the log says."""
    from catalog_db.importers.measured import OUTCOMES

    for name, (option, text) in settings.items():
        if text is not None:
            setattr(told, name, sizes.count(text, option))
    if share is not None:
        told.memory_utilization = sizes.fraction(share, "--memory-utilization")
    if outcome is not None and outcome not in OUTCOMES:
        raise UsageError(f"--outcome: {outcome!r:.40} is not one of {', '.join(OUTCOMES)}")
    told.outcome = outcome or told.outcome


def _state(told: Any, stated: dict[str, tuple[str, str | None]], tokens: str | None, concurrency: float | None) -> None:
    """Figures given as options."""
    from catalog_db.importers.measured import figure

    found = [
        figure(name, text, sizes.byte_count(text, option))
        for name, (option, text) in stated.items()
        if text is not None
    ]
    if tokens is not None:
        found.append(figure("kv_capacity_tokens", tokens, sizes.count(tokens, "--kv-tokens", 10**12)))
    if concurrency is not None:
        found.append(figure("max_concurrency", f"{concurrency}x", concurrency))
    told.figures |= dict(found)
    if found and told.outcome == "unknown":
        told.outcome = "loaded"


def _ids(connection: duckdb.DuckDBPyConnection, told: Any, **asked: str | None) -> dict[str, str | None]:
    """Which rows of the catalog the run is about: as the options say (these must be known), else as the log says."""
    from catalog_db.importers.measured import format_name, plain_format

    model_id = _known(
        connection, "model", asked["model"], told.model, told.model and told.model.rstrip("/").split("/")[-1]
    )
    accelerator_id = _known(connection, "accelerator", asked["gpu"], told.device)
    said = None if told.kv_dtype == "auto" else told.kv_dtype
    kv_dtype_id = _known(connection, "kv_dtype", asked["kv_dtype"], said)
    format_id = _known(
        connection,
        "weight_format",
        asked["weights"],
        _stored_as(connection, told, model_id),
        format_name(told),
        plain_format(told),
    )
    if model_id is None:
        told.notes.append(
            f"model {told.model!r:.80} is not in the catalog: name it with --model, or `mlsysdb add model` first"
        )
    if accelerator_id is None:
        told.notes.append("the log does not say which GPU it is: name it with --gpu")
    if format_id is None and model_id:
        told.notes.append(f"weight format {told.quantization!r:.40} is none of the catalog's: name it with --weights")
    return {
        "model_id": model_id, "accelerator_id": accelerator_id, "weight_format_id": format_id,
        "kv_dtype_id": kv_dtype_id,
    }  # fmt: skip


def _stored_as(connection: duckdb.DuckDBPyConnection, told: Any, model_id: str | None) -> str | None:
    """The format of the checkpoint that the log names, or the model's own where the log names no other."""
    row = query.report(connection, "stored_as", {"model": model_id, "checkpoint": told.model}).first
    if row is None:
        return None
    is_own = told.quantization is None or str(row["native"]).endswith("-as-stored")
    is_loaded = told.engine != "llama.cpp" or row["is_gguf"]
    return row["checkpoint"] or (row["native"] if is_own and is_loaded else None)


def _known(connection: duckdb.DuckDBPyConnection, kind: str, asked: str | None, *said: str | None) -> str | None:
    """The id of what is asked for; else of the first thing said that the catalog knows without doubt."""
    if asked is not None:
        return names.resolve(connection, kind, asked)[0]
    for text in said:
        if text:
            with contextlib.suppress(UsageError):
                return names.resolve(connection, kind, text)[0]
    return None


def _shown(
    connection: duckdb.DuckDBPyConnection, told: Any, tables: dict[str, Any], ids: dict[str, str | None]
) -> list[str]:
    """The run, and each figure with the prediction beside it."""
    predicted = predictions(connection, tables)
    lines = [
        (row["quantity"], row["as_printed"], row["value"], predicted.get(row["quantity"]))
        for row in tables["measurement"]
    ]
    cells = [(*line, line[3] / line[2] - 1 if line[3] is not None else None) for line in lines]
    run = tables["engine_run"][0]
    head = (
        f"{run['engine']} {run['engine_version'] or ''}: {ids['model_id'] or run['model_as_printed']} in "
        f"{ids['weight_format_id'] or 'unknown'} on {run['devices']} x {ids['accelerator_id'] or 'unknown'}: "
        f"{run['outcome']}"
    )
    grid = (
        render.text(("quantity", "as_printed", "measured", "predicted", "relative_error"), cells, "table")
        if cells
        else ""
    )
    fits = predicted.get("fits")
    verdict = [] if fits is None else [f"our verdict: it {'fits' if fits else 'does not fit'}"]
    return [head, *grid.rstrip().splitlines(), *verdict, *(f"note: {note}" for note in told.notes)]


def predictions(connection: duckdb.DuckDBPyConnection, tables: dict[str, Any]) -> dict[str, float | None]:
    """What the catalog's own report of predictions gives for this run: it stands alone in tables of the same names."""
    for table in ("engine_run", "run_option"):
        connection.table(table).limit(0).query("empty_rows", f"create temp table {table} as from empty_rows")
        columns = connection.table(f"temp.{table}").columns
        for row in tables[table]:
            connection.table(f"temp.{table}").insert([row.get(column) for column in columns])
    return {quantity: value for _, quantity, value in query.report(connection, "predictions").rows}
