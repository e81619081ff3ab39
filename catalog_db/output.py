"""Where an answer goes: standard output, a file (whole or not at all), or a table of a DuckDB file."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from catalog_db.database import quoted_name, quoted_text
from catalog_db.errors import UsageError
from catalog_db.query import Answer

ROWS = "answer_rows"
FILE = "answer_file"
TABLE = re.compile(r"(.+\.(?:duckdb|ddb|db)):([^/\\:]+)", re.IGNORECASE)
COPIES = {"csv": "format csv, header", "parquet": "format parquet"}
SUFFIXES = {
    ".csv": "csv", ".parquet": "parquet", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".md": "markdown",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table of a DuckDB file; the name may have a schema."""

    file: Path
    name: str

    @property
    def quoted(self) -> str:
        """The table's full name as SQL writes it."""
        return ".".join(map(quoted_name, [FILE, *self.name.split(".")]))


def target(output: Path) -> Path | Table:
    """The table that FILE.duckdb:TABLE names, or the file."""
    match = TABLE.fullmatch(str(output))
    return Table(Path(match[1]), match[2]) if match else output


def form_of(form: str, output: Path | None) -> str:
    """The format that a file's name asks for, where none was said."""
    return SUFFIXES.get(output.suffix.lower(), form) if output is not None and form == "table" else form


def write_texts(texts: Iterable[str], output: Path | None) -> None:
    """Pieces of text, to standard output or into a file. Raises UsageError when that cannot be written."""
    if output is None:
        with _reader():
            for text in texts:
                sys.stdout.write(text)
        return
    with replacing(output) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        file.writelines(texts)


def copy(answer: Answer, form: str, output: Path | None) -> None:
    """CSV or Parquet as DuckDB writes it, in bounded memory."""
    if output is not None:
        with replacing(output) as draft:
            _copy(answer, form, draft)
        return
    if form == "parquet":
        raise UsageError("--format parquet wants a file: add --output FILE")
    with tempfile.TemporaryDirectory(prefix="mlsysdb-") as folder:
        draft = Path(folder) / "answer"
        _copy(answer, form, draft)
        with draft.open(encoding="utf-8", newline="") as file, _reader():
            shutil.copyfileobj(file, sys.stdout)


def write_table(answer: Answer, table: Table) -> None:
    """Create or replace one table of a DuckDB file, and nothing else of it, in one transaction."""
    connection = answer.connection
    is_new = not table.file.exists()
    connection.register(ROWS, answer.relation)
    try:
        connection.execute(f"attach {quoted_text(str(table.file))} as {FILE}")
        connection.execute(f"create or replace table {table.quoted} as from {ROWS}")
        is_new = False
    except duckdb.Error as error:
        raise UsageError(f"--output {table.file}:{table.name}: {str(error).splitlines()[0]}") from error
    finally:
        connection.execute(f"detach database if exists {FILE}")
        if is_new:
            table.file.unlink(missing_ok=True)


@contextlib.contextmanager
def _reader() -> Iterator[None]:
    """Write to standard output until its reader has read enough (`| head`), which is no failure; another is told."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise UsageError(f"standard output: {error.strerror}") from error


@contextlib.contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """A draft beside `output` that takes its place when the block ends well, and is gone when it does not."""
    draft = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(output)
    except (OSError, duckdb.IOException) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UsageError(f"--output {output}: {reason or error}") from error
    finally:
        draft.unlink(missing_ok=True)


def _copy(answer: Answer, form: str, path: Path) -> None:
    answer.connection.register(ROWS, answer.relation)
    answer.connection.execute(f"copy {ROWS} to {quoted_text(str(path))} ({COPIES[form]})")
