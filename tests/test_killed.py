"""Killed at any moment, the database is the one that was there or the new one, whole; the next run clears up."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import environment
from user_rows import RACK

from catalog_db import build, database, install, keep, migrate, own, own_csv, seed, warehouse
from catalog_db.errors import DatabaseError
from catalog_db.keep import COMPUTED

pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(scope="module")
def catalog(few: Path) -> Path:
    """A few models and GPUs are enough here: what is asked is how rows and files are kept."""
    return few


POINTS = 6  # for each command, spread over its run; 24 in all
COMMANDS = {
    "upgrade": ["upgrade", "--database", "DATABASE"],
    "import": ["import", "MINE", "--database", "DATABASE"],
    "remove": ["remove", "--source", "us", "--with-dependents", "--database", "DATABASE"],
    "install": ["install", "--into", "DATABASE"],
}


def everything(path: Path) -> dict[str, tuple[Any, ...] | None]:
    """Number and hash of the rows of all tables: reading them touches every block."""
    with contextlib.closing(database.attach(path)) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = current_schema()"
            " and database_name = current_database()"
        ).fetchall()
        return {
            name: connection.execute(f'select count(*), sum(hash(t)::hugeint) from "{name}" as t').fetchone()  # noqa: S608
            for (name,) in names
            if name not in COMPUTED
        }


@pytest.fixture(scope="module")
def start(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with rows of a user's."""
    path = Path(shutil.copy2(catalog, tmp_path_factory.mktemp("start") / database.FILE))
    own.add(path, RACK)
    return path


@pytest.fixture(scope="module")
def team(start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows in a team's own database."""
    path = tmp_path_factory.mktemp("team") / "team.duckdb"
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute("create table theirs as select range as a from range(100000)")
    warehouse.into(path)
    own.add(path, RACK)
    return path


def run(command: str, path: Path) -> subprocess.Popen[bytes]:
    mine = str(path.parent / "mine")
    words = [word.replace("DATABASE", str(path)).replace("MINE", mine) for word in COMMANDS[command]]
    return subprocess.Popen(
        [sys.executable, "-m", "catalog_db", *words], env=environment(path.parent),
        cwd=path.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def prepared(origin: Path, folder: Path) -> Path:
    folder.mkdir()
    rows = {"workload": [("w", 1, 1, "d", "us2")], "source": [("us2", "t", "p", *[None] * 5, "user")]}
    own_csv.write(rows, folder / "mine")
    return Path(shutil.copy2(origin, folder / origin.name))


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_many_moments(command: str, start: Path, team: Path, tmp_path: Path) -> None:
    origin = team if command == "install" else start
    path = prepared(origin, tmp_path / "whole")
    began = time.monotonic()
    assert run(command, path).wait(timeout=120) == 0
    lasted = time.monotonic() - began
    old, new = everything(origin), everything(path)

    def kill(point: int) -> str:
        path = prepared(origin, tmp_path / str(point))
        process = run(command, path)
        time.sleep(lasted * (point + 0.5) / POINTS)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=60)
        found = everything(path)
        assert found in (old, new), f"after {point} of {POINTS} parts of the run"
        if origin == team:
            with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
                assert connection.execute("select count(*), sum(a) from main.theirs").fetchone() == (100000, 4999950000)
        return "old" if found == old else "new"

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(kill, range(POINTS))) <= {"old", "new"}
    path = tmp_path / str(POINTS * 2 // 3) / origin.name
    assert run(command, path).wait(timeout=120) in (0, 2)  # 2: there is nothing left to take back
    assert everything(path) == new
    allowed = {origin.name, f"{origin.name}.bak", f".{origin.name}.lock", "mine"}
    assert {file.name for file in path.parent.iterdir()} <= allowed, "leftovers of the killed run"


FAULTS = {
    "copying": (shutil, "copyfile"),
    "migrating": (migrate, "upgrade"),
    "reading rows": (keep, "rows"),
    "loading": (seed, "load"),
    "functions and views": (install, "install"),
    "predicting": (install, "predict"),
    "checking": (install, "verify"),
    "recording": (build, "_record"),
    "backing up": (build, "_backup"),
    "moving into place": (os, "replace"),
}


@pytest.mark.parametrize("step", FAULTS)
def test_step_that_fails_leaves_the_database_as_it_was(
    step: str, start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy2(start, tmp_path / database.FILE))
    before = path.read_bytes()

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*FAULTS[step], fail)
    with pytest.raises(DatabaseError, match=r"cannot write .*No space left on device.*MLSYSDB_DATABASE"):
        build.upgrade(path)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {database.FILE, f".{database.FILE}.lock"}


def test_failure_of_the_last_step_has_a_backup_and_the_database(
    start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy2(start, tmp_path / database.FILE))
    before, replace, moved = path.read_bytes(), os.replace, []

    def fail_the_second_time(source: Path, target: Path) -> None:
        if moved:
            raise OSError(errno.EIO, "Input/output error")
        moved.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_the_second_time)
    with pytest.raises(DatabaseError, match="Input/output error"):
        build.upgrade(path)
    assert path.read_bytes() == before == path.with_name(f"{path.name}.bak").read_bytes()


def test_one_backup_is_kept_whatever_the_number_of_changes(start: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(start, tmp_path / database.FILE))
    for _ in range(2):
        before = path.read_bytes()
        build.upgrade(path)
        assert path.with_name(f"{path.name}.bak").read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {
        database.FILE, f"{database.FILE}.bak", f".{database.FILE}.lock",
    }  # fmt: skip


def test_leftovers_of_another_database_in_the_folder_are_left_alone(start: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(start, tmp_path / "one.duckdb"))
    mine, others = tmp_path / f"{build.PREFIX}one.duckdb-x", tmp_path / f"{build.PREFIX}two.duckdb-x"
    mine.mkdir()
    others.mkdir()
    build.upgrade(path)
    assert (mine.exists(), others.exists()) == (False, True)
