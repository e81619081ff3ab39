"""A user's rows as CSV files, one a table, that read back as exactly the same rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from catalog_db.errors import UsageError
from catalog_db.keep import COMPUTED, Own
from catalog_db.seed import cell
from catalog_db.tables import metadata

WORDS = {True: "true", False: "false", None: ""}


def write(own: Own, folder: Path) -> dict[str, int]:
    """One file a table that has rows, in `folder`, which holds no CSV files yet; the number of rows of each."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if present := sorted(file.name for file in folder.glob("*.csv")):
            raise UsageError(f"{folder} holds {present[0]} already: name a folder without CSV files")
        for name, rows in own.items():
            if rows:
                _write(folder / f"{name}.csv", metadata.tables[name], rows)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error}") from error
    return {name: len(rows) for name, rows in own.items() if rows}


def _write(file: Path, table: Table, rows: list[tuple[Any, ...]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)  # lines end in CR LF, so that a CR inside a text is quoted
        writer.writerow(table.columns.keys())
        for row in rows:
            writer.writerow([_text(table, name, value) for name, value in zip(table.columns.keys(), row, strict=True)])


def _text(table: Table, column: str, value: Any) -> str:
    if value == "":
        raise UsageError(f"{table.name}, column {column}: an empty text, which CSV cannot tell from NULL: make it NULL")
    return WORDS[value] if value is None or isinstance(value, bool) else str(value)


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table's file in `folder`. Raises UsageError naming file, line, column and the fix."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name one that `mlsysdb export --mine` wrote")
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise UsageError(f"{folder} holds no CSV files: name a folder that `mlsysdb export --mine` wrote")
    return {file.stem: _read(file) for file in files}


def _read(file: Path) -> list[dict[str, Any]]:
    table = metadata.tables.get(file.stem)
    if table is None or file.stem in COMPUTED:
        raise UsageError(f"{file}: there is no table {file.stem}; the name of a file is that of its table")
    try:
        with file.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.reader(handle, strict=True)
            header = _header(file, table, next(reader, []))
            return [_row(file, reader.line_num, table, header, cells) for cells in reader]
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{file}: not a readable CSV file: {error}") from error


def _header(file: Path, table: Table, names: list[str]) -> list[str]:
    wrong = [name for name in names if name not in table.c]
    if wrong or not names or len(set(names)) < len(names):
        raise UsageError(f"{file}, line 1: the header must name columns of {', '.join(table.c.keys())}, each once")
    return names


def _row(file: Path, line: int, table: Table, header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise UsageError(f"{file}, line {line}: {len(cells)} cells where the header has {len(header)}")
    pairs = zip(header, cells, strict=True)
    return {name: cell(f"{file}, line {line}, column {name}", table.c[name], text) for name, text in pairs}
