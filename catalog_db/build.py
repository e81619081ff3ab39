"""Build the database beside its place (migrate, seed, functions, views, checks) and swap it in whole, under a lock."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from filelock import FileLock
from sqlalchemy.exc import SQLAlchemyError

from catalog_db import assets, database, install, keep, migrate, progress, seed
from catalog_db.errors import DatabaseError
from catalog_db.version import __version__

PREFIX = ".mlsysdb-build-"
Report = Callable[[str], None]


def ensure(path: Path) -> None:
    """Build the database unless another process has just done so."""
    with _locked(path):
        if not (path.exists() and _is_current(path)):
            _replace(path)


def upgrade(path: Path) -> None:
    """Migrate the tables, refresh the seed rows, recreate functions and views; a user's rows stay."""
    with _locked(path):
        _replace(path)


def _is_current(path: Path) -> bool:
    with contextlib.closing(database.attach(path)) as connection:
        return database.info(connection).get("fingerprint") == assets.fingerprint()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`; problems of the file system become DatabaseErrors."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=300):
            yield
    except TimeoutError as error:
        raise DatabaseError(
            f"another process has been building {path} for five minutes: end it and try again"
        ) from error
    except (OSError, duckdb.Error, SQLAlchemyError) as error:
        raise DatabaseError(
            f"cannot write {path}: {error}. Name a place you can write to with {database.VARIABLE}"
        ) from error


def _replace(path: Path) -> None:
    """Build in a folder beside `path`, then move into place; the old file is kept as `.bak` when it held user rows."""
    for leftover in path.parent.glob(f"{PREFIX}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=path.parent) as folder, progress.reporter() as report:
        fresh = Path(folder) / database.FILE
        old = _migrated_copy(path, Path(folder)) if path.exists() else None
        fill(fresh, report, old)
        if old is not None:
            shutil.copy2(path, path.with_name(f"{path.name}.bak"))
        os.replace(fresh, path)


def _migrated_copy(path: Path, folder: Path) -> Path:
    """A copy of the user's database at the newest revision, to take their rows from."""
    with contextlib.closing(database.attach(path)) as connection:
        known = database.info(connection).get("schema", "")
    if known > database.schema_revision():
        raise DatabaseError(f"{path} was made by a newer mlsysdb: upgrade with `pip install --upgrade mlsysdb`")
    if not known:
        raise DatabaseError(f"{path} is not an mlsysdb catalog: nothing was changed")
    copy = folder / "old.duckdb"
    shutil.copy2(path, copy)
    migrate.upgrade(copy)
    return copy


def fill(path: Path, report: Report, old: Path | None = None) -> None:
    """Make a whole catalog at `path`, with the user's rows of `old`."""
    report("migrating tables")
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(database.attach_statement(path, "STORAGE_VERSION 'v1.4.0'"))
    migrate.upgrade(path)
    with contextlib.closing(database.attach(path, read_only=False)) as connection:
        own = keep.reader(old) if old else None
        for table, count in seed.load(connection, own=own):
            report(f"loading {table} ({count:,} rows)")
        report("creating functions and views")
        install.install(connection)
        report("predicting what was measured")
        install.predict(connection)
        report("checking")
        install.verify(connection)
        _record(connection)
        connection.execute("checkpoint mlsysdb")


def _record(connection: duckdb.DuckDBPyConnection) -> None:
    facts = {
        "version": __version__,
        "schema": database.schema_revision(),
        "fingerprint": assets.fingerprint(),
        "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    connection.execute("delete from mlsysdb.catalog_info")
    connection.executemany("insert into mlsysdb.catalog_info values (?, ?)", list(facts.items()))
