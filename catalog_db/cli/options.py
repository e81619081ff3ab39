"""What commands share: their options, and the words they print to stderr."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog_db import query, render
from catalog_db.errors import UsageError

Database = Annotated[str | None, typer.Option(help="Catalog to use instead of the embedded one (or MLSYSDB_DATABASE).")]
Format = Annotated[str, typer.Option("--format", "-f", help="table, json, jsonl, csv, markdown or parquet.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file, or to FILE.duckdb:TABLE.")]
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


def check_format(form: str) -> None:
    """Refuse a --format that is none."""
    if form not in render.FORMATS:
        raise UsageError(f"--format: {form!r} is not one of {', '.join(render.FORMATS)}")


def say(*words: str) -> None:
    """Words go to stderr."""
    for line in words:
        if line:
            print(line, file=sys.stderr)


def ordered(answer: query.Answer, sort: str | None, limit: int | None) -> query.Answer:
    """The answer as --sort and --limit ask for it."""
    if sort and sort.lstrip("-") not in answer.columns:
        raise UsageError(f"--sort: no column {sort.lstrip('-')!r}; there are {', '.join(answer.columns)}")
    return answer.ordered(sort, limit)
