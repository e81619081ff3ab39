"""The catalog as a schema of a team's own database: it answers there, upgrades there, and leaves all else alone."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import environment, run_cli
from user_rows import RACK

from catalog_db import database, install, own, warehouse
from catalog_db.errors import DatabaseError

pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(scope="module")
def catalog(few: Path) -> Path:
    """A few models and GPUs are enough here: what is asked is how rows and files are kept."""
    return few


TEAMS = """
    create schema ops;
    create table ops.node (node text primary key, gpu text, ctx bigint, note text check (note <> ''));
    insert into ops.node values ('n1', 'H100', 4096, 'a'), ('n2', 'L4', 8192, null), ('n3', 'no such', 1, 'c');
    create table model as select range as a, repeat('x', 100) as b from range(20000);
    create index model_a on model (a);
    create macro twice(x) as x * 2;
    create macro weight_bytes(x) as 'ours: ' || x;
    create view doubled as select twice(a) as b from model;
    comment on table model is 'ours';
"""
KEPT = {
    "model": "from main.model order by all",
    "node": "from ops.node order by all",
    "macros": "select twice(21), weight_bytes(1)",
    "view": "select sum(b) from doubled",
    "objects": "select schema_name, table_name, sql, comment from duckdb_tables()"
    " where schema_name <> 'mlsysdb' order by all",
    "functions": "select function_name, macro_definition from duckdb_functions()"
    " where not internal and schema_name = 'main' and database_name = current_database() order by all",
    "views": "select view_name, sql from duckdb_views() where not internal and schema_name <> 'mlsysdb' order by all",
    "indexes": "select index_name, sql from duckdb_indexes() where schema_name <> 'mlsysdb'",
}
QUESTIONS = {
    "fits": "select model, weight_format, headroom_bytes, fits from mlsysdb.fits('H100', context_tokens := 32768)"
    " order by 1",
    "fits_model": "select accelerator, devices, fits from mlsysdb.fits_model('llama-3-70b') order by all",
    "lateral": "select i.node, f.model, f.headroom_bytes"
    " from ops.node i, mlsysdb.fits(i.gpu, context_tokens := i.ctx) f where f.fits order by all",
    "views": "select count(*), sum(value) > 0 from mlsysdb.citation",
    "error": "select count(*) from mlsysdb.prediction_error",
    "scalar": "select mlsysdb.weight_bytes(70553706496, 4.25)",
    "comments": "select count(*) from duckdb_columns() where schema_name = 'mlsysdb' and comment is not null",
}
ASK = """
import json, sys, duckdb
db = duckdb.connect(sys.argv[1], read_only=True)
print(json.dumps([list(map(str, row)) for row in db.execute(sys.stdin.read()).fetchall()]))
"""


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        return connection.execute(sql).fetchall()


def made(path: Path, statement: str = TEAMS) -> Path:
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(statement)
    return path


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team's database, as it was."""
    return made(tmp_path_factory.mktemp("before") / "warehouse.duckdb")


@pytest.fixture(scope="module")
def installed(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the catalog in it."""
    path = Path(shutil.copy2(before, tmp_path_factory.mktemp("installed") / "warehouse.duckdb"))
    done = run_cli(["install", "--into", str(path)], path.parent)
    assert done.code == 0, done.stderr
    return path


def untouched(path: Path, before: Path) -> None:
    for name, sql in KEPT.items():
        assert ask(path, sql) == ask(before, sql), name


def test_nothing_else_is_touched(installed: Path, before: Path) -> None:
    untouched(installed, before)
    assert {file.name for file in installed.parent.iterdir()} == {"warehouse.duckdb"}


def test_every_object_of_the_catalog_is_there(installed: Path, catalog: Path) -> None:
    names = (
        "select table_name from duckdb_tables() where schema_name = {0} union select view_name from duckdb_views()"
        " where schema_name = {0} and not internal union select function_name from duckdb_functions()"
        " where schema_name = {0} and not internal order by 1"
    )
    assert ask(installed, names.format("'mlsysdb'")) == ask(catalog, names.format("'main'"))


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_have_the_catalogs_answers(name: str, installed: Path, catalog: Path, client: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", ASK, str(installed)], input=QUESTIONS[name], capture_output=True, encoding="utf-8",
        env=environment(installed.parent, PYTHONPATH=str(client)), timeout=120, check=True,
    ).stdout  # fmt: skip
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(database.attach_statement(catalog, "READ_ONLY"))
        connection.execute("create schema ops; create table ops.node (node text, gpu text, ctx bigint)")
        connection.execute("insert into ops.node values ('n1', 'H100', 4096), ('n2', 'L4', 8192), ('n3', 'no such', 1)")
        expected = connection.execute(
            QUESTIONS[name].replace("schema_name = 'mlsysdb'", "database_name = 'mlsysdb'")
        ).fetchall()
    assert json.loads(found) == [list(map(str, row)) for row in expected] != []


def test_command_line_answers_from_it(installed: Path, catalog: Path) -> None:
    asked = ["fits", "--gpu", "H100", "--format", "csv", "--all", "--database"]
    assert (
        run_cli([*asked, str(installed)], installed.parent).stdout
        == run_cli([*asked, str(catalog)], installed.parent).stdout
    )
    assert run_cli(["check", "--database", str(installed)], installed.parent).code == 0


def test_second_install_is_an_upgrade_that_keeps_the_users_rows(installed: Path, before: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(installed, tmp_path / "warehouse.duckdb"))
    own.add(path, RACK)
    mine = own.mine(path)
    assert set(mine) == set(RACK)
    made(path, "update mlsysdb.accelerator set name = 'Wrong' where accelerator_id = 'l4'")
    assert run_cli(["install", "--into", str(path)], tmp_path).code == 0
    assert own.mine(path) == mine
    assert ask(path, "select name = 'Wrong' from mlsysdb.accelerator where accelerator_id = 'l4'") == [(False,)]
    assert ask(path, "select fits from mlsysdb.fits('our box') where model = 'llama-3-8b'") == [(True,)]
    untouched(path, before)
    own.remove(path, source="us")
    assert own.mine(path) == {}


OLDER = """
    drop table mlsysdb.overridden;
    drop table mlsysdb.withdrawn;
    update mlsysdb.alembic_version set version_num = '0016';
    insert into mlsysdb.source (source_id, title, publisher, origin) values ('us', 'Us', 'us', 'user');
    update mlsysdb.catalog_info set value = '0016' where name = 'schema';
"""


def test_database_of_an_older_release_is_upgraded(installed: Path, tmp_path: Path) -> None:
    path = made(Path(shutil.copy2(installed, tmp_path / "warehouse.duckdb")), OLDER)
    warehouse.into(path)
    assert [row["source_id"] for row in own.mine(path)["source"]] == ["us"]
    assert ask(path, "select value from mlsysdb.catalog_info where name = 'schema'") == [(database.schema_revision(),)]


def refused(path: Path, *words: str, code: int = 3) -> None:
    before = path.read_bytes() if path.is_file() else None
    done = run_cli(["install", "--into", str(path)], path.parent)
    assert (done.code, done.stdout) == (code, ""), done
    assert [word for word in words if word not in done.stderr] == []
    assert (path.read_bytes() if path.is_file() else None) == before


def test_missing_database_is_not_made(tmp_path: Path) -> None:
    refused(tmp_path / "none.duckdb", "none.duckdb", "no database")
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.duckdb").write_text("no database at all, but a text of some length", encoding="utf-8")
    refused(tmp_path / "a.duckdb", "a.duckdb")


def test_catalog_itself_is_refused(catalog: Path, tmp_path: Path) -> None:
    refused(Path(shutil.copy2(catalog, tmp_path / "a.duckdb")), "mlsysdb upgrade --database", code=2)


def test_file_whose_name_is_the_schemas_is_refused(tmp_path: Path) -> None:
    refused(made(tmp_path / "mlsysdb.duckdb"), "rename", code=2)


def test_schema_of_that_name_that_is_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    refused(
        made(tmp_path / "a.duckdb", "create schema mlsysdb; create table mlsysdb.theirs as select 42 as a"), "theirs"
    )


def test_table_of_the_teams_in_the_schema_is_not_dropped(installed: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(installed, tmp_path / "warehouse.duckdb"))
    refused(made(path, "create table mlsysdb.our_notes as select 42 as a"), "our_notes", "another schema")


def test_newer_release_is_left_alone(installed: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(installed, tmp_path / "warehouse.duckdb"))
    refused(made(path, "update mlsysdb.catalog_info set value = '9999' where name = 'schema'"), "newer")


def test_database_that_somebody_has_open_is_refused(before: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(before, tmp_path / "warehouse.duckdb"))
    hold = "import sys, duckdb; db = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        refused(path, "locked")
        process.stdin.close()


def test_failure_half_way_changes_nothing(
    installed: Path, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy2(installed, tmp_path / "warehouse.duckdb"))
    whole = warehouse._put

    def fail(_: duckdb.DuckDBPyConnection, **__: bool) -> None:
        raise duckdb.IOException("No space left on device")

    def put(connection: duckdb.DuckDBPyConnection, fresh: Path) -> None:
        monkeypatch.setattr(install, "verify", fail)  # the last step before the commit
        whole(connection, fresh)

    monkeypatch.setattr(warehouse, "_put", put)
    with pytest.raises(DatabaseError, match="No space left"):
        warehouse.into(path)
    untouched(path, before)
    assert ask(path, QUESTIONS["views"]) == ask(installed, QUESTIONS["views"])
