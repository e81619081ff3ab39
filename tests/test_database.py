"""A database that cannot be used: exit code 3, what happened in one line, and nothing changed."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from conftest import Result, environment, run_cli

from catalog_db import database
from catalog_db.errors import DatabaseError

ASK = ("query", "select count(*) as models from model", "--format", "csv")
HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("begin")
print("held", flush=True)
sys.stdin.read()
"""


def refused(done: Result, *wanted: str) -> None:
    """Exit code 3, no data, one clear line that holds the wanted words."""
    assert done.code == 3, done
    assert done.stdout == ""
    last = [line for line in done.stderr.splitlines() if line.startswith("mlsysdb: ")]
    assert len(last) == 1, done.stderr
    assert [word for word in wanted if word not in last[0]] == []


def ask(path: Path, home: Path, *arguments: str) -> Result:
    return run_cli([*(arguments or ASK), "--database", str(path)], home)


@pytest.fixture
def copy(catalog: Path, tmp_path: Path) -> Path:
    """A copy of the catalog that a test may spoil."""
    return Path(shutil.copy2(catalog, tmp_path / database.FILE))


def with_info(path: Path, name: str, value: str) -> None:
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute("update catalog_info set value = ? where name = ?", [value, name])


def test_missing_file(tmp_path: Path) -> None:
    refused(ask(tmp_path / "none.duckdb", tmp_path), "none.duckdb", "mlsysdb upgrade --database")
    assert list(tmp_path.iterdir()) == [], "asking made a file"


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    refused(ask(tmp_path / "folder", tmp_path), "folder")


@pytest.mark.parametrize("content", [b"", b"no database at all\n", b"\x00" * 20_000], ids=["empty", "text", "zeros"])
def test_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.duckdb"
    file.write_bytes(content)
    refused(ask(file, tmp_path), "broken.duckdb")
    assert file.read_bytes() == content


def test_file_cut_short(copy: Path, tmp_path: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    done = ask(copy, tmp_path)
    refused(done, "mlsysdb")


def test_bits_that_fell_over(copy: Path, tmp_path: Path) -> None:
    spoilt = bytearray(copy.read_bytes())
    for place in range(4096 * 3, len(spoilt), 4096):
        spoilt[place : place + 64] = b"\xaa" * 64
    copy.write_bytes(spoilt)
    refused(ask(copy, tmp_path))


def test_duckdb_file_that_is_no_catalog(tmp_path: Path) -> None:
    file = tmp_path / "other.duckdb"
    with contextlib.closing(duckdb.connect(str(file))) as connection:
        connection.execute("create table mine as select 42 as answer")
    before = file.read_bytes()
    refused(ask(file, tmp_path), "not an mlsysdb catalog")
    refused(ask(file, tmp_path, "upgrade"), "not an mlsysdb catalog")
    assert file.read_bytes() == before


def test_catalog_of_a_newer_version(copy: Path, tmp_path: Path) -> None:
    with_info(copy, "schema", "9999")
    before = copy.read_bytes()
    refused(ask(copy, tmp_path), "newer", "9999", "pip install --upgrade mlsysdb")
    refused(ask(copy, tmp_path, "upgrade"), "newer", "pip install --upgrade mlsysdb")
    assert copy.read_bytes() == before


def test_embedded_catalog_of_a_newer_version_is_left_alone(catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "mlsysdb").mkdir()
    path = Path(shutil.copy2(catalog, tmp_path / "mlsysdb" / database.FILE))
    with_info(path, "schema", "9999")
    before = path.read_bytes()
    refused(run_cli(ASK, tmp_path), "newer", "9999")
    assert path.read_bytes() == before


def test_catalog_of_an_older_schema(copy: Path, tmp_path: Path) -> None:
    with_info(copy, "schema", "0001")
    refused(ask(copy, tmp_path), "older", "0001", "mlsysdb upgrade --database")


def test_catalog_of_an_older_version_is_mended_by_upgrade(copy: Path, tmp_path: Path) -> None:
    with_info(copy, "schema", "0001")
    assert ask(copy, tmp_path, "upgrade").code == 0
    assert ask(copy, tmp_path).code == 0


@pytest.fixture
def writer(copy: Path) -> Iterator[Path]:
    """The copy, while another process has it open for writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(copy)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(copy.parent),
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield copy
    process.stdin.close()
    process.wait(timeout=30)
    process.stdout.close()


def test_locked_by_a_writer(writer: Path, tmp_path: Path) -> None:
    refused(ask(writer, tmp_path), "locked", str(writer))


def test_upgrade_while_locked_by_a_writer(writer: Path, tmp_path: Path) -> None:
    refused(ask(writer, tmp_path, "upgrade"), str(writer))
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".mlsysdb-build")] == []


def test_many_readers_at_once(catalog: Path, tmp_path: Path) -> None:
    with contextlib.closing(database.attach(catalog)), contextlib.closing(database.attach(catalog)):
        assert ask(catalog, tmp_path).code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_data_folder_without_permission(tmp_path: Path) -> None:
    (tmp_path / "mlsysdb").mkdir(mode=0o555)
    refused(run_cli(ASK, tmp_path), "cannot write", "MLSYSDB_DATABASE")


def test_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "mlsysdb").write_text("in the way", encoding="utf-8")
    refused(run_cli(ASK, tmp_path), "cannot write", "MLSYSDB_DATABASE")
    assert (tmp_path / "mlsysdb").read_text(encoding="utf-8") == "in the way"


def no_file_above(limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def test_disk_that_is_full_leaves_no_database(tmp_path: Path) -> None:
    done = run_cli(ASK, tmp_path, preexec_fn=lambda: no_file_above(1_000_000))
    refused(done, "cannot write")
    assert left_behind(tmp_path / "mlsysdb") == []


def test_disk_that_is_full_leaves_the_database_that_was_there(copy: Path, tmp_path: Path) -> None:
    before = copy.read_bytes()
    done = run_cli(["upgrade", "--database", str(copy)], tmp_path, preexec_fn=lambda: no_file_above(1_000_000))
    refused(done, "cannot write")
    assert copy.read_bytes() == before
    assert left_behind(tmp_path) == [database.FILE]


def left_behind(folder: Path) -> list[str]:
    """Files that a run left, but for its lock."""
    return sorted(file.name for file in folder.iterdir() if not file.name.endswith(".lock"))


@pytest.mark.parametrize("name", ["it's here.duckdb", "ü 你好.duckdb", "a;b.duckdb", "100%.duckdb"])
def test_path_with_awkward_letters_works(catalog: Path, tmp_path: Path, name: str) -> None:
    shutil.copy2(catalog, tmp_path / name)
    assert ask(tmp_path / name, tmp_path).code == 0


def test_upgrade_makes_a_database_at_a_path_with_awkward_letters(tmp_path: Path) -> None:
    path = tmp_path / "it's 100% new" / "my catalog.duckdb"
    assert ask(path, tmp_path, "upgrade").code == 0
    assert ask(path, tmp_path).code == 0


def test_error_for_python_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"none\.duckdb"):
        database.open_catalog(str(tmp_path / "none.duckdb"))
