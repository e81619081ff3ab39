"""Build the database beside its place (migrate, seed, functions, views, checks) and swap it in whole, under a lock."""

from __future__ import annotations

import contextlib
import glob
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
Own = keep.Own
Change = Callable[[Own], Own]


def same(own: Own) -> Own:
    """The user's rows as they were."""
    return own


def ensure(path: Path) -> None:
    """Build the database unless another process has just done so."""
    with _locked(path):
        if not (path.exists() and _is_current(path)):
            _replace(path)


def upgrade(path: Path, change: Change = same, words: str = progress.BUILDING) -> None:
    """Migrate the tables, refresh the seed rows, recreate functions and views; a user's rows stay, or `change`."""
    with _locked(path):
        _replace(path, change, words)


def own_rows(path: Path) -> Own:
    """The user's rows in the catalog at `path`, in the form of the newest schema; the file is only read."""
    with _failures(path), tempfile.TemporaryDirectory(prefix="mlsysdb-") as folder, _held(path, Path(folder)) as copy:
        return _own(copy) if copy else keep.none()


def _is_current(path: Path) -> bool:
    with contextlib.closing(database.attach(path)) as connection:
        return database.info(connection).get("fingerprint") == assets.fingerprint()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`."""
    with _failures(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=300):
            yield


@contextlib.contextmanager
def _failures(path: Path) -> Iterator[None]:
    """Problems of the file system become DatabaseErrors."""
    try:
        yield
    except TimeoutError as error:
        raise DatabaseError(
            f"another process has been building {path} for five minutes: end it and try again"
        ) from error
    except (OSError, duckdb.Error, SQLAlchemyError) as error:
        raise DatabaseError(
            f"cannot write {path}: {error}. Name a place you can write to with {database.VARIABLE}"
        ) from error


def _replace(path: Path, change: Change = same, words: str = progress.BUILDING) -> None:
    """Build in a folder beside `path`, then move into place; what was there is kept as `.bak`."""
    with workspace(path) as folder, progress.reporter(words) as report, _held(path, folder) as old:
        fresh = folder / database.FILE
        own = change(_own(old) if old else keep.none())
        fill(
            fresh, report, own, keep.all_rows(old) if old and any(own.values()) else None, is_strict=change is not same
        )
        if old:
            shutil.copymode(path, fresh)
            os.replace(_backup(path, folder), path.with_name(f"{path.name}.bak"))
        os.replace(fresh, path)


@contextlib.contextmanager
def workspace(path: Path) -> Iterator[Path]:
    """A folder beside `path` to build in; those that killed runs left are removed. Only under the lock on `path`."""
    prefix = f"{PREFIX}{path.name}-"
    for leftover in path.parent.glob(f"{glob.escape(prefix)}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=path.parent) as folder:
        yield Path(folder)


@contextlib.contextmanager
def _held(path: Path, folder: Path) -> Iterator[Path | None]:
    """A copy of the database, which nobody writes to meanwhile; readers go on reading. None: there is none yet."""
    if not path.exists():
        yield None
        return
    _settle(path)
    before = path.stat()
    copy = Path(shutil.copyfile(path, folder / "old.duckdb"))
    with contextlib.closing(database.attach(path)) as connection:
        if (path.stat().st_mtime_ns, path.stat().st_size) != (before.st_mtime_ns, before.st_size):
            raise DatabaseError(f"{path} was written to while it was copied: nothing was changed; try again")
        _check_known(path, connection)
        yield copy


def _settle(path: Path) -> None:
    """Bring what a process that ended early has left in the write-ahead log into the file."""
    if path.with_name(f"{path.name}.wal").exists():
        with contextlib.closing(database.attach(path, read_only=False)) as connection:
            _check_known(path, connection)
            connection.execute("checkpoint mlsysdb")


def _check_known(path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    known = database.info(connection).get("schema") or _revision(connection)
    if known > database.schema_revision():
        raise DatabaseError(f"{path} was made by a newer mlsysdb: upgrade with `pip install --upgrade mlsysdb`")
    if not known:
        raise DatabaseError(f"{path} is not an mlsysdb catalog: nothing was changed")


def _revision(connection: duckdb.DuckDBPyConnection) -> str:
    """The schema of a catalog that does not say it of itself, as before revision 0011; empty: it is no catalog."""
    try:
        connection.execute("select origin from mlsysdb.source limit 0")  # other people use Alembic too
        found = connection.execute("select version_num from mlsysdb.alembic_version").fetchone()
    except (duckdb.CatalogException, duckdb.BinderException):
        return ""
    return str(found[0]) if found else ""


def _own(copy: Path) -> Own:
    """The user's rows, in the form of the newest schema."""
    migrate.upgrade(copy)
    return keep.rows(copy)


def _backup(path: Path, folder: Path) -> Path:
    """The same file under another name: no copy where the file system has hard links, which makes it whole at once."""
    backup = folder / "backup.duckdb"
    try:
        os.link(path, backup)
    except OSError:
        shutil.copy2(path, backup)
    return backup


def fill(path: Path, report: Report, own: Own | None = None, old: Own | None = None, *, is_strict: bool = True) -> None:
    """Make a whole catalog at `path`, with the user's rows `own`, which come from a catalog with the rows `old`.

    Unless `is_strict`, rows of the user's that break a rule are told and kept: a rule may be newer than they are.
    """
    report("migrating tables")
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(database.attach_statement(path, "STORAGE_VERSION 'v1.4.0'"))
    migrate.upgrade(path)
    with contextlib.closing(database.attach(path, read_only=False)) as connection:
        for table, count in seed.load(connection, own=own, old=old):
            report(f"loading {table} ({count:,} rows)")
        report("creating functions and views")
        install.install(connection)
        report("predicting what was measured")
        install.predict(connection)
        report("checking")
        install.verify(connection, is_strict=is_strict or not own or not any(own.values()))
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
