"""Rows -> table, json, jsonl, csv, markdown or parquet; on a terminal, a pipe or into a file."""

from __future__ import annotations

import csv
import io
import json
import math
import sys
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog_db import output as output_to
from catalog_db.query import Answer

FORMATS = ("table", "json", "jsonl", "csv", "markdown", "parquet")
GIB = 2**30
HEADINGS = {
    "weight_format": "weights as", "required_bytes": "needs GiB", "headroom_bytes": "free GiB",
    "max_context_tokens": "max context", "max_sequences": "max seqs", "evidence_tier": "tier", "devices": "GPUs",
    "usable_memory_bytes": "usable GiB", "weights_bytes": "weights GiB", "kv_reserved_bytes": "KV GiB",
    "activation_bytes": "activation GiB", "memory_utilization": "used", "limiting_term": "largest term",
    "smallest_set_nodes": "least nodes", "smallest_set_price": "set price", "stranded_devices": "stranded GPUs",
    "price_per_replica": "price/replica", "cheapest_price_per_replica": "its price/replica",
}  # fmt: skip


def write(answer: Answer, form: str, output: Path | None, columns: Sequence[str] | None = None) -> None:
    """Print `answer`, or write it to `output`; `columns` are those a table shows, the other formats have all."""
    into = output_to.target(output) if output is not None else None
    form = output_to.form_of(form, output)
    if isinstance(into, output_to.Table):
        output_to.write_table(answer, into)
    elif form in output_to.COPIES:
        output_to.copy(answer, form, output)
    elif form in ("json", "jsonl"):
        output_to.write_texts(_objects(answer, form), output)
    else:
        emit(text(answer.columns, answer.rows, form, columns), output)


def _objects(answer: Answer, form: str) -> Iterator[str]:
    """The rows as JSON, one array or an object a line, a piece at a time."""
    opening, between, closing = ("[\n", ",\n", "\n]\n") if form == "json" else ("", "\n", "\n")
    indent = 2 if form == "json" else None
    count = 0
    for rows in answer.chunks():
        objects = [json.dumps(plain(dict(zip(answer.columns, row, strict=True))), indent=indent) for row in rows]
        if indent:
            objects = [textwrap.indent(item, "  ") for item in objects]
        yield (between if count else opening) + between.join(objects)
        count += len(rows)
    yield closing if count else "[]\n" if form == "json" else ""


def text(names: Sequence[str], rows: Sequence[Sequence[Any]], form: str, columns: Sequence[str] | None = None) -> str:
    """The rows in a text format; tables and markdown read well, the others are exact."""
    if form in ("table", "markdown"):
        shown = [(name, list(names).index(name)) for name in columns or names if name in names]
        cells = [[human(name, row[index]) for name, index in shown] for row in rows]
        heads = [HEADINGS.get(name, _heading(name)) for name, _ in shown]
        numeric = [_is_numeric(rows, index) for _, index in shown]
        return markdown(heads, cells, numeric) if form == "markdown" else table(heads, cells, numeric)
    if form == "csv":
        return _csv(names, rows)
    objects = [dict(zip(names, row, strict=True)) for row in rows]
    return to_json(objects) if form == "json" else "".join(f"{json.dumps(plain(o))}\n" for o in objects)


def to_json(value: Any) -> str:
    """Indented JSON of a value; unknown is null."""
    return json.dumps(plain(value), indent=2) + "\n"


def plain(value: Any) -> Any:
    """A value as JSON knows it: NaN and infinity are null, dates ISO text, decimals numbers, other kinds text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def human(name: str, value: Any) -> str:
    """A cell as people read it: bytes in GiB, counts with separators, unknown as '?'."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (int, float, Decimal)):
        return printable(str(value))
    if not math.isfinite(value):
        return str(value)
    if name.endswith("_bytes"):
        return f"{float(value) / GIB:,.2f}"
    if name.endswith("_utilization"):
        return f"{value:.0%}"
    if name in ("bias", "within_2_percent") or "_error" in name or name.endswith("_fraction"):
        return f"{value:.2%}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.12g}"


def printable(text: str) -> str:
    """A text without control characters: those are shown as Python writes them."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """A table for a terminal of any width, or plain aligned columns for a pipe; numbers are never cut."""
    lines = _folded(heads, rows, numeric) if sys.stdout.isatty() else _aligned(heads, rows, numeric)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _aligned(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    """Columns two spaces apart, each as wide as its widest cell; rich is not imported for a pipe."""
    clean = [[cell.replace("\n", " ") for cell in line] for line in [heads, *rows]]
    widths = [max(map(len, column)) for column in zip(*clean, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if is_number else cell.ljust(width)
            for cell, width, is_number in zip(line, widths, numeric, strict=True)
        )
        for line in clean
    ]


def _folded(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    """A table of rich, folded to the terminal's width."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=io.StringIO(), width=_terminal_width(), force_terminal=True)
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for head, is_number in zip(heads, numeric, strict=True):
        heading = head.replace(" ", "\n", 1) if is_number else head
        grid.add_column(heading, justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    console.print(grid)
    return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
    """A Markdown table."""
    rule = ["---:" if is_number else "---" for is_number in numeric]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in [heads, rule, *rows]
    )


def emit(words: str, output: Path | None) -> None:
    """To standard output, or into a file, whole or not at all. Raises UsageError when that cannot be written."""
    output_to.write_texts([words], output)


def columns_for(kind: str) -> list[str]:
    """The columns a table of `fits` shows in this terminal: what matters most first, more where there is room."""
    narrow = [
        kind,
        "weight_format",
        "required_bytes",
        "headroom_bytes",
        "max_context_tokens",
        "max_sequences",
        "evidence_tier",
    ]
    if kind == "accelerator":
        narrow.insert(1, "devices")
    if sys.stdout.isatty() and _terminal_width() < 130:
        return narrow
    return [
        *narrow[:-1], "weights_bytes", "kv_reserved_bytes", "activation_bytes", "usable_memory_bytes",
        "memory_utilization", "limiting_term", "evidence_tier",
    ]  # fmt: skip


def wrapped(line: str) -> str:
    """A line of words, folded to the width of a terminal; whole in a pipe."""
    width = _terminal_width() if sys.stdout.isatty() else len(line) + 1
    return textwrap.fill(line, width, subsequent_indent="  ") + "\n"


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _heading(name: str) -> str:
    return (name.removesuffix("_bytes") + " GiB" if name.endswith("_bytes") else name).replace("_", " ")


def _is_numeric(rows: Sequence[Sequence[Any]], index: int) -> bool:
    values = [row[index] for row in rows if row[index] is not None]
    return bool(values) and all(isinstance(v, (int, float, Decimal)) and not isinstance(v, bool) for v in values)


def _csv(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([["" if cell is None else _csv_cell(cell) for cell in row] for row in rows])
    return buffer.getvalue()


def _csv_cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
