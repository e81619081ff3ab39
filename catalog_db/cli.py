"""The command line: reads options, asks, prints. Data goes to stdout, words to stderr."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from catalog_db import database as databases
from catalog_db import explanation, names, query, question, render, units
from catalog_db.errors import MlsysdbError, UsageError
from catalog_db.explain_text import page
from catalog_db.version import __version__

app = typer.Typer(
    name="mlsysdb",
    help="Which models fit which GPUs: a SQL catalog in which every figure has its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich" if sys.stdout.isatty() and sys.stderr.isatty() else None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Database = Annotated[str | None, typer.Option(help="Catalog to use instead of the embedded one (or MLSYSDB_DATABASE).")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, json, jsonl, csv, markdown or parquet.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file instead of standard output.")]
Gpus = Annotated[str | None, typer.Option(help="Devices used together (tensor parallel unless --pp says otherwise).")]
Tp = Annotated[str | None, typer.Option(help="Tensor-parallel ranks.")]
Pp = Annotated[str | None, typer.Option(help="Pipeline stages.")]
Ep = Annotated[str | None, typer.Option(help="Expert-parallel ranks.")]
Context = Annotated[str | None, typer.Option(help="Tokens of one sequence: 8192, 32k. Default 8,192.")]
Batch = Annotated[str | None, typer.Option(help="Sequences at once. Default 1.")]
KvDtype = Annotated[str | None, typer.Option(help="KV cache dtype: fp8, int8, q8_0, ... Default: the model's own.")]
Engine = Annotated[
    str, typer.Option(help="vllm, sglang, llama.cpp, transformers or ideal; a version too: vllm==0.19.0.")
]
Share = Annotated[float | None, typer.Option(help="Share of memory the engine takes. Default: the engine's own.")]
MaxSequences = Annotated[str | None, typer.Option(help="The engine's max_num_seqs. Default: its own for the device.")]
MaxBatched = Annotated[str | None, typer.Option(help="The engine's max_num_batched_tokens. Default: its own.")]
Eager = Annotated[bool, typer.Option("--enforce-eager", help="No CUDA graphs.")]
Beyond = Annotated[
    bool, typer.Option("--beyond-context", help="Allow contexts above the model's own; marked in the answer.")
]
Weights = Annotated[
    str, typer.Option(help="Weight format (fp8, awq, int4, ...), native, or auto: the widest that fits.")
]


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Say the version, when asked."""
    if version:
        print(f"mlsysdb {__version__}")
        raise typer.Exit


@app.command()
def fits(
    gpu: Annotated[str | None, typer.Option(help="Which models fit this GPU? Any name it goes by.")] = None,
    model: Annotated[str | None, typer.Option(help="Which GPUs hold this model? Any name it goes by.")] = None,
    gpus: Gpus = None, tp: Tp = None, pp: Pp = None, ep: Ep = None, context: Context = None, batch: Batch = None,
    weights: Weights = "auto", kv_dtype: KvDtype = None, engine: Engine = "vllm", memory_utilization: Share = None,
    max_sequences: MaxSequences = None, max_batched_tokens: MaxBatched = None, enforce_eager: Eager = False,
    beyond_context: Beyond = False,
    everything: Annotated[bool, typer.Option("--all", help="Also what does not fit.")] = False,
    sort: Annotated[str | None, typer.Option(help="Sort by this column; -column for the largest first.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many rows.")] = None,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Which models fit a GPU, or which GPUs hold a model."""
    _check_format(form)
    if (gpu is None) == (model is None):
        raise UsageError(
            "fits wants either --gpu (which models fit it?) or --model (which GPUs hold it?), and not both"
        )
    options = question.Options(
        gpus, tp, pp, ep, context, batch, weights, kv_dtype, engine, memory_utilization, max_sequences,
        max_batched_tokens, enforce_eager, beyond_context,
    )  # fmt: skip
    with contextlib.closing(databases.open_catalog(database)) as connection:
        asked = question.prepare(connection, options, gpu=gpu, model=model)
        answer = question.run_fits(connection, asked, everything)
        _say(*asked.notes, question.assumptions(asked, answer.first))
        shown = _ordered(answer, sort, limit)
        render.write(shown, form, output, render.columns_for("model" if gpu else "accelerator"))
        _say(question.summary(connection, asked, answer, len(shown), everything))


@app.command()
def explain(
    model: Annotated[str, typer.Argument(help="Any name of the model.")],
    gpu: Annotated[str, typer.Argument(help="Any name of the GPU.")],
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


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A model, accelerator, weight format, KV dtype or engine.")],
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """One thing of the catalog, each figure with its source."""
    _check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        kind, subject = names.anything(connection, name)
        _say(f"{kind.replace('_', ' ')} {subject}")
        answer = query.report(connection, "show", {"kind": kind, "id": subject})
        render.write(answer, form, output, ["figure", "as_printed", "tier", "source", "place"])


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Part of a name, typos allowed.")],
    limit: Annotated[int, typer.Option(min=1, help="At most this many.")] = 20,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Find models, accelerators, formats and dtypes by any of their names."""
    _check_format(form)
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
    _check_format(form)
    text = _sql_text(sql, file)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        if "convert_unit" in text or "parse_quantity" in text:
            units.register(connection)
        render.write(query.sql(connection, text), form, output)


@app.command()
def path(database: Database = None) -> None:
    """Where the database is: duckdb "$(mlsysdb path)"."""
    databases.open_catalog(database).close()
    print(_chosen(database)[0])


@app.command()
def upgrade(database: Database = None) -> None:
    """Migrate the tables and refresh the catalog's own rows; yours stay."""
    from catalog_db import build

    chosen, _ = _chosen(database)
    build.upgrade(chosen)
    _say(f"{chosen} is up to date (mlsysdb {__version__})")


@app.command()
def check(
    accuracy: Annotated[bool, typer.Option("--accuracy", help="How far our figures were from measured ones.")] = False,
    form: Format = "table", output: Output = None, database: Database = None,
) -> None:  # fmt: skip
    """Run every rule of the catalog and say what is wrong. Exit code 1: something is."""
    from catalog_db import install

    _check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        if accuracy:
            render.write(query.report(connection, "accuracy"), form, output)
            return
        results = [
            (rule.name, "ok" if not rows else f"{len(rows)} rows", rule.summary)
            for rule, rows in install.run_checks(connection)
        ]
        render.emit(render.text(("rule", "result", "meaning"), results, form), output)
    if any(result != "ok" for _, result, _ in results):
        raise typer.Exit(1)


def _explain(
    options: question.Options, model: str, gpu: str, form: str, output: Path | None, database: str | None
) -> None:
    _check_format(form)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        asked = question.prepare(connection, options, gpu=gpu, model=model)
        asked.parameters["devices"] = asked.parameters["devices"] or question.least_devices(asked.parameters)
        told = explanation.explain(connection, asked)
        _say(*asked.notes, question.assumptions(asked, told))
        render.emit(page(told, form), output)
    if not told["fits"]:
        raise typer.Exit(1)


def _chosen(asked: str | None) -> tuple[Path, bool]:
    return databases.chosen_path(asked)


def _check_format(form: str) -> None:
    if form not in render.FORMATS:
        raise UsageError(f"--format: {form!r} is not one of {', '.join(render.FORMATS)}")


def _ordered(answer: query.Answer, sort: str | None, limit: int | None) -> query.Answer:
    if sort and sort.lstrip("-") not in answer.columns:
        raise UsageError(f"--sort: no column {sort.lstrip('-')!r}; there are {', '.join(answer.columns)}")
    return answer.ordered(sort, limit)


def _sql_text(sql: str | None, file: Path | None) -> str:
    try:
        if file is not None:
            return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--file {file}: {error}") from error
    if sql is None and sys.stdin.isatty():
        raise UsageError('no SQL to run: mlsysdb query "select ...", --file FILE, or a pipe')
    return sys.stdin.read() if sql in (None, "-") else str(sql)


def _say(*words: str) -> None:
    for line in words:
        if line:
            print(line, file=sys.stderr)


def main() -> None:
    """Run the command line; every failure is one clear line and a documented exit code."""
    # DuckDB looks at each parameter with pandas' eyes, where it is installed: 0.25 s that no command has use for.
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    try:
        app()
    except MlsysdbError as error:
        sys.exit(_failed(str(error), error.exit_code))
    except duckdb.Error as error:
        sys.exit(_failed(f"the database cannot answer: {error}", 3))
    except KeyboardInterrupt:
        sys.exit(_failed("interrupted; nothing was changed", 130))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _failed(message: str, code: int) -> int:
    print(f"mlsysdb: {message}", file=sys.stderr)
    return code


if __name__ == "__main__":
    main()
