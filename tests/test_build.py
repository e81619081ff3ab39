"""First use, interrupted use, simultaneous use and upgrades end in one whole database that keeps the user's rows."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from conftest import environment, run_cli
from few_rows import LEFT

from catalog_db import assets, build, database

pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(scope="module")
def catalog(few: Path) -> Path:
    """A few models and GPUs are enough here: what is asked is how rows and files are kept."""
    return few


ASK = ("query", "select count(*) as models from model", "--format", "csv")
MINE = """
    insert into source (source_id, title, publisher, origin) values ('me', 'Our rack', 'us', 'user');
    insert into organization values ('us', 'Us', 'me');
    insert into accelerator
    select * replace ('our-gpu' as accelerator_id, 'Our GPU' as name, 'us' as organization_id, 'me' as source_id)
    from accelerator where accelerator_id = 'h100-sxm5-80gb';
    insert into accelerator_spec
    select * replace ('our-gpu' as accelerator_id, 'me' as source_id)
    from accelerator_spec where accelerator_id = 'h100-sxm5-80gb' and quantity_id = 'memory' limit 1;
    insert into model
    select * replace ('our-model' as model_id, null as hf_id, 'Our model' as name,
        'us' as organization_id, 'me' as source_id)
    from model where model_id = 'llama-3-8b';
    insert into layer_group select * replace ('our-model' as model_id, 'me' as source_id)
    from layer_group where model_id = 'llama-3-8b';
    insert into tensor_group select * replace ('our-model' as model_id, 'me' as source_id)
    from tensor_group where model_id = 'llama-3-8b';
    insert into alias values ('our box', 'accelerator', 'our-gpu', true, 'me');
    insert into workload values ('ours', 2048, 3, 'Us', 'me');
    insert into engine_run
    select * replace ('our-run' as engine_run_id, 'me' as source_id) from engine_run limit 1;
    insert into measurement values ('our-run', 'weights_bytes', '1 GB', 1e9);
"""
OURS = """
    select 'accelerator', accelerator_id from accelerator where source_id = 'me'
    union all select 'accelerator_spec', quantity_id from accelerator_spec where source_id = 'me'
    union all select 'model', model_id from model where source_id = 'me'
    union all select 'layers', count(*)::varchar from layer_group where source_id = 'me'
    union all select 'tensors', count(*)::varchar from tensor_group where source_id = 'me'
    union all select 'alias', alias from alias where source_id = 'me'
    union all select 'workload', workload_id from workload where source_id = 'me'
    union all select 'organization', organization_id from organization where source_id = 'me'
    union all select 'source', source_id from source where origin = 'user'
    union all select 'run', engine_run_id from engine_run where source_id = 'me'
    union all select 'measurement', engine_run_id from measurement where engine_run_id = 'our-run'
    order by all
"""


def started(home: Path, arguments: Sequence[str] = ASK) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "catalog_db", *arguments], env=environment(home), cwd=home,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip


def others(folder: Path) -> list[str]:
    """What lies beside the database and its lock."""
    return sorted(
        file.name for file in folder.iterdir() if file.name != database.FILE and not file.name.endswith(".lock")
    )


def change(path: Path, sql: str) -> None:
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(sql)


def ask(path: Path, sql: str) -> list[tuple[object, ...]]:
    with contextlib.closing(database.attach(path)) as connection:
        return connection.execute(sql).fetchall()


def test_first_use_builds_and_says_so_and_the_second_does_not(tmp_path: Path) -> None:
    first = run_cli(ASK, tmp_path)
    assert first.code == 0
    assert "building the catalog" in first.stderr
    assert first.stdout.startswith("models\n")
    assert others(tmp_path / "mlsysdb") == []
    before = (tmp_path / "mlsysdb" / database.FILE).stat().st_mtime_ns
    assert run_cli(ASK, tmp_path) == (first.stdout, "", 0)
    assert (tmp_path / "mlsysdb" / database.FILE).stat().st_mtime_ns == before


def test_twenty_first_uses_at_once_end_in_one_database_and_twenty_equal_answers(tmp_path: Path) -> None:
    processes = [started(tmp_path) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(lambda process: process.communicate(timeout=150), processes))
    assert [process.returncode for process in processes] == [0] * 20, {stderr for _, stderr in said}
    assert len({stdout for stdout, _ in said}) == 1
    assert sum("building" in stderr for _, stderr in said) == 1, "it was built more than once"
    assert others(tmp_path / "mlsysdb") == []


@pytest.mark.parametrize("delay", [0.5, 1.0, 2.0])
def test_killed_build_leaves_a_whole_database_or_none_and_the_next_use_works(tmp_path: Path, delay: float) -> None:
    process = started(tmp_path)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    path = tmp_path / "mlsysdb" / database.FILE
    if path.exists():
        assert len(ask(path, "from model")) == len(LEFT["model"])
    done = run_cli(ASK, tmp_path)
    assert done.code == 0
    assert int(done.stdout.split()[1]) == len(LEFT["model"])
    assert others(tmp_path / "mlsysdb") == [], "leftovers of the killed build"


def test_interrupted_build_says_so_without_traceback(tmp_path: Path) -> None:
    process = started(tmp_path)
    assert process.stderr is not None
    assert "building" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr
    assert process.returncode == 130
    assert others(tmp_path / "mlsysdb") == []
    assert run_cli(ASK, tmp_path).code == 0


class Upgraded(NamedTuple):
    """A catalog with rows of a user's own and spoilt rows of ours, after an upgrade, and what it was before."""

    path: Path
    rows: list[tuple[object, ...]]
    content: bytes


SPOILT = """
    update accelerator set name = 'Wrong' where accelerator_id = 'h100-sxm5-80gb';
    delete from measurement where engine_run_id <> 'our-run';
    update workload set sequences = 77, source_id = 'me' where workload_id = 'default';
"""


@pytest.fixture(scope="module")
def upgraded(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    path = Path(shutil.copy2(catalog, tmp_path_factory.mktemp("upgraded") / database.FILE))
    change(path, MINE + SPOILT)
    before = Upgraded(path, ask(path, OURS), path.read_bytes())
    build.upgrade(path)
    return before


def test_rows_of_the_user_survive_an_upgrade(upgraded: Upgraded) -> None:
    assert len(upgraded.rows) == 12
    assert ask(upgraded.path, OURS) == upgraded.rows


def test_rows_of_the_user_have_answers_after_an_upgrade(upgraded: Upgraded) -> None:
    sql = "select fits, weights_bytes > 0 from fits('our box', sequences := 1) where model = 'our-model'"
    assert ask(upgraded.path, sql) == [(True, True)]


def test_seed_rows_are_refreshed_by_an_upgrade(upgraded: Upgraded) -> None:
    assert ask(upgraded.path, "select name from accelerator where accelerator_id = 'h100-sxm5-80gb'") != [("Wrong",)]
    assert ask(upgraded.path, "from engine_run where engine_run_id <> 'our-run'") != []


def test_row_of_the_user_with_the_key_of_a_seed_row_stays(upgraded: Upgraded) -> None:
    assert ask(upgraded.path, "select sequences from workload where workload_id = 'default'") == [(77,)]


def test_backup_is_what_was_there_before(upgraded: Upgraded) -> None:
    assert upgraded.path.with_name(f"{upgraded.path.name}.bak").read_bytes() == upgraded.content


def test_upgrade_twice_is_upgrade_once(upgraded: Upgraded) -> None:
    build.upgrade(upgraded.path)
    assert ask(upgraded.path, OURS) == upgraded.rows


def test_foreign_keys_hold_after_an_upgrade(upgraded: Upgraded) -> None:
    with (
        contextlib.closing(duckdb.connect(str(upgraded.path))) as connection,
        pytest.raises(duckdb.ConstraintException),
    ):
        connection.execute("update alias set source_id = 'nobody' where source_id = 'me'")


def test_stale_embedded_database_is_rebuilt_with_the_users_rows(catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "mlsysdb").mkdir()
    path = Path(shutil.copy2(catalog, tmp_path / "mlsysdb" / database.FILE))
    change(path, MINE)
    change(path, "update catalog_info set value = 'of an older one' where name = 'fingerprint'")
    done = run_cli(("query", "select fits from fits('our-gpu') where model = 'our-model'", "-f", "csv"), tmp_path)
    assert (done.code, done.stdout) == (0, "fits\ntrue\n")
    assert "building" in done.stderr


def test_database_records_how_it_was_made(catalog: Path) -> None:
    known = dict(ask(catalog, "select name, value from catalog_info"))
    assert known["schema"] == database.schema_revision()
    assert known["fingerprint"] == assets.fingerprint()
    assert {"version", "built_at"} <= set(known)


def test_two_builds_hold_the_same_rows(catalog: Path, tmp_path: Path) -> None:
    build.upgrade(tmp_path / database.FILE)
    tables = [
        name for (name,) in ask(catalog, "select table_name from duckdb_tables() where database_name = 'mlsysdb'")
    ]
    assert len(tables) > 20
    for table in set(tables) - {"catalog_info"}:
        rows = f"from {table} order by all"
        assert ask(tmp_path / database.FILE, rows) == ask(catalog, rows), table
