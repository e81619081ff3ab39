"""Commands that answer which models fit which GPUs, and why."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from catalog_db import database as databases
from catalog_db import question, render
from catalog_db.cli import fleet
from catalog_db.cli.app import app
from catalog_db.cli.options import (
    Batch,
    Beyond,
    Context,
    Database,
    Eager,
    Engine,
    Ep,
    Format,
    Gpus,
    KvDtype,
    MaxBatched,
    MaxSequences,
    Output,
    Pp,
    Share,
    Tp,
    Weights,
    check_format,
    ordered,
    say,
)


@app.command()
def fits(
    gpu: Annotated[str | None, typer.Option(help="Which models fit this GPU or machine? Any name it goes by.")] = None,
    model: Annotated[str | None, typer.Option(help="Which GPUs hold this model? Any name it goes by.")] = None,
    inventory: fleet.Inventory = None, table: fleet.TableName = None, sql: fleet.Query = None,
    mapping: fleet.Map = None, per: fleet.Per = "node",
    gpus: Gpus = None, tp: Tp = None, pp: Pp = None, ep: Ep = None, context: Context = None, batch: Batch = None,
    weights: Weights = "auto", kv_dtype: KvDtype = None, engine: Engine = "vllm", memory_utilization: Share = None,
    max_sequences: MaxSequences = None, max_batched_tokens: MaxBatched = None, enforce_eager: Eager = False,
    beyond_context: Beyond = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what does not fit.")] = False,
    sort: Annotated[str | None, typer.Option(help="Sort by this column; -column for the largest first.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many rows.")] = None,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Which models fit a GPU, which GPUs hold a model, or which of my machines hold what."""
    check_format(form)
    source = fleet.source_of(gpu, model, inventory, table, sql)
    options = question.Options(
        gpus, tp, pp, ep, context, batch, weights, kv_dtype, engine, memory_utilization, max_sequences,
        max_batched_tokens, enforce_eager, beyond_context,
    )  # fmt: skip
    with contextlib.closing(databases.open_catalog(database)) as connection:
        asked = question.prepare(connection, options, gpu=gpu, model=model)
        if source is not None:
            fleet.answer(connection, source, asked, mapping or [], per, everything, sort, limit, form, output)
            return
        answer = question.run_fits(connection, asked, everything)
        say(*asked.notes, question.assumptions(asked, answer.first))
        shown = ordered(answer, sort, limit)
        render.write(shown, form, output, render.columns_for("model" if gpu else "accelerator"))
        say(question.summary(connection, asked, answer, len(shown), everything))


@app.command()
def explain(
    model: Annotated[str, typer.Argument(help="Any name of the model.")],
    gpu: Annotated[str, typer.Argument(help="Any name of the GPU, or of a machine.")],
    gpus: Gpus = None, tp: Tp = None, pp: Pp = None, ep: Ep = None, context: Context = None, batch: Batch = None,
    weights: Annotated[str, typer.Option(help="Weight format (fp8, awq, int4, ...), or native.")] = "native",
    kv_dtype: KvDtype = None, engine: Engine = "vllm", memory_utilization: Share = None,
    max_sequences: MaxSequences = None, max_batched_tokens: MaxBatched = None, enforce_eager: Eager = False,
    beyond_context: Beyond = False, form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Each term of the sum with formula and source, and what to do when it does not fit. Exit code 1: it does not."""
    options = question.Options(
        gpus, tp, pp, ep, context, batch, weights, kv_dtype, engine, memory_utilization, max_sequences,
        max_batched_tokens, enforce_eager, beyond_context,
    )  # fmt: skip
    _explain(options, model, gpu, form, output, database)


@app.command()
def serve(
    model: Annotated[str, typer.Argument(help="Any name of the model, e.g. Llama3_70B.")],
    gpu: Annotated[str, typer.Argument(help="Any name of the GPU.")],
    seq_len: Annotated[str | None, typer.Option(help="Tokens of one sequence.")] = None,
    batch_size: Annotated[str | None, typer.Option(help="Sequences at once.")] = None,
    precision: Annotated[str, typer.Option(help="Weight format: fp16, int8, int4, ...")] = "native",
    gpus: Gpus = None, kv_dtype: KvDtype = None, engine: Engine = "vllm",
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """`explain`, in the spelling of an older tool."""
    options = question.Options(
        gpus=gpus, context=seq_len, batch=batch_size, weights=precision, kv_dtype=kv_dtype, engine=engine
    )
    _explain(options, model, gpu, form, output, database)


def _explain(
    options: question.Options, model: str, gpu: str, form: str, output: Path | None, database: str | None
) -> None:
    from catalog_db import explain_text, explanation

    check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        asked = question.prepare(connection, options, gpu=gpu, model=model)
        asked.parameters["devices"] = asked.parameters["devices"] or question.least_devices(asked.parameters)
        told = explanation.explain(connection, asked)
        say(*asked.notes, question.assumptions(asked, told))
        render.emit(explain_text.page(told, form), output)
    if not told["fits"]:
        raise typer.Exit(1)
