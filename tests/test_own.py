"""A user's own rows: added, standing in for the catalog's, taken back, moved; and nothing half done."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import run_cli
from few_rows import LEFT
from user_rows import CITED, RACK, SOURCE

from catalog_db import assets, build, database, own
from catalog_db.errors import DatabaseError, MlsysdbError, UsageError

pytestmark = pytest.mark.usefixtures("few")


@pytest.fixture(scope="module")
def catalog(few: Path) -> Path:
    """A few models and GPUs are enough here: what is asked is how rows and files are kept."""
    return few


def ask(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(database.attach(path)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def path(catalog: Path, tmp_path: Path) -> Path:
    """A copy of the catalog that a test may change."""
    return Path(shutil.copy2(catalog, tmp_path / database.FILE))


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seeds of a release to come, as a folder to change."""
    root = tmp_path / "newer"
    for name in assets.FOLDERS:
        shutil.copytree(assets.folder(name), root / name)
    monkeypatch.setattr(assets, "root", lambda: root)
    return root / "seeds"


@pytest.fixture(scope="module")
def rack(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog with a user's GPU in it, to be read only."""
    path = Path(shutil.copy2(catalog, tmp_path_factory.mktemp("rack") / database.FILE))
    own.add(path, RACK)
    return path


def spec(accelerator: str, quantity: str, value: float, basis: str = "device") -> dict[str, Any]:
    return {
        "accelerator_id": accelerator, "quantity_id": quantity, "basis": basis, "as_printed": f"{value:.0f} B",
        "value": value, "is_binary_unit": False, "source_id": "us",
    } | CITED  # fmt: skip


def test_rows_that_were_added_have_answers(rack: Path) -> None:
    assert ask(rack, "select fits from fits('our box') where model = 'llama-3-8b'") == [(True,)]
    assert ask(rack, "select source_title, place from citation where subject_id = 'our-gpu' order by all limit 1") == [
        ("Our rack", "rack 7")
    ]


def test_rows_that_were_added_are_listed_as_they_were_given(rack: Path) -> None:
    listed = own.mine(rack)
    assert set(listed) == set(RACK)
    for table, rows in RACK.items():
        assert rows == [{name: row[name] for name in rows[0]} for row in listed[table]]


def test_rows_without_a_source_get_one_that_says_whose_they_are(path: Path) -> None:
    own.add(path, {"workload": [{"workload_id": "w", "context_tokens": 1, "sequences": 1, "description": "d"}]})
    listed = own.mine(path)
    assert [row["origin"] for row in listed["source"]] == ["user"]
    assert listed["workload"][0]["source_id"] == listed["source"][0]["source_id"]
    assert listed["source"][0]["url"] is None


def test_same_rows_twice_are_there_once(path: Path) -> None:
    own.add(path, RACK)
    before = own.mine(path)
    own.add(path, RACK)
    assert own.mine(path) == before


def test_first_row_builds_the_embedded_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    own.add(database.default_path(), RACK)
    assert ask(database.default_path(), "select count(*) from model") == [(len(LEFT["model"]),)]
    assert set(own.mine(database.default_path())) == set(RACK)


def test_other_database_is_not_made_by_adding(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="mlsysdb upgrade --database"):
        own.add(tmp_path / "none.duckdb", RACK)
    assert list(tmp_path.iterdir()) == []


ALIAS = {"alias": "x", "kind": "model", "target_id": "y", "is_preferred": True}
WORKLOAD = {"workload_id": "w", "context_tokens": 1, "sequences": 1, "description": "d"}
CHECKPOINT = {"checkpoint_id": "c", "model_id": "llama-3-8b", "weight_format_id": "bf16"} | {
    "as_printed": "1", "total_bytes": 1, "is_own_mix": False, **CITED
}  # fmt: skip
REFUSED: dict[str, tuple[dict[str, list[dict[str, Any]]], list[str]]] = {
    "no rows": ({}, ["no rows"]),
    "no such table": ({"aliass": [ALIAS]}, ["aliass", "alias"]),
    "computed": ({"prediction": [{"engine_run_id": "a", "quantity": "b"}]}, ["prediction"]),
    "nobody's": ({"quantity": [{"quantity_id": "a"}]}, ["quantity"]),
    "no such column": ({"alias": [ALIAS | {"aim": 1}]}, ["alias", "aim"]),
    "missing": ({"alias": [{"alias": "x"}]}, ["alias", "kind", "required"]),
    "word": ({"alias": [ALIAS | {"kind": "gpu"}]}, ["alias", "kind", "'gpu'", "'accelerator'"]),
    "boolean": ({"alias": [ALIAS | {"is_preferred": "yes"}]}, ["is_preferred", "'yes'", "true or false"]),
    "text": ({"alias": [ALIAS | {"alias": 7}]}, ["column alias", "7", "text"]),
    "empty": ({"alias": [ALIAS | {"alias": ""}]}, ["column alias", "empty"]),
    "nul": ({"alias": [ALIAS | {"alias": "a\0"}]}, ["column alias", "no text"]),
    "surrogate": ({"alias": [ALIAS | {"alias": "a\udcff"}]}, ["column alias", "no text"]),
    "long": ({"alias": [ALIAS | {"alias": "a" * 200_000}]}, ["column alias", "longer"]),
    "whole": ({"workload": [WORKLOAD | {"sequences": 1.5}]}, ["workload", "sequences", "1.5", "whole"]),
    "true is no number": ({"workload": [WORKLOAD | {"sequences": True}]}, ["sequences", "True", "whole"]),
    "large": ({"workload": [WORKLOAD | {"sequences": 2**63}]}, ["sequences", "9223372036854775808"]),
    "negative": ({"workload": [WORKLOAD | {"sequences": -1}]}, ["sequences", "-1", "sequences > 0"]),
    "nan": ({"accelerator_spec": [spec("h100-sxm5-80gb", "memory", float("nan"))]}, ["value", "nan", "finite"]),
    "infinite": ({"accelerator_spec": [spec("h100-sxm5-80gb", "memory", float("inf"))]}, ["value", "inf"]),
    "no date": ({"source": [SOURCE | {"accessed_on": "soon"}]}, ["accessed_on", "soon", "YYYY-MM-DD"]),
    "origin": ({"source": [SOURCE | {"origin": "seed"}]}, ["source", "origin", "seed"]),
    "no parent": ({"checkpoint": [CHECKPOINT | {"model_id": "llama-3-8c"}]}, ["llama-3-8c", "llama-3-8b"]),
    "seed's source": ({"alias": [ALIAS | {"source_id": "vllm"}]}, ["alias", "source_id", "'vllm'"]),
    "seed's run": (
        {"measurement": [{"engine_run_id": "f65c10", "quantity": "q", "as_printed": "1", "value": 1}]},
        ["measurement", "engine_run_id", "'f65c10'"],
    ),
    "twice": ({"workload": [WORKLOAD, WORKLOAD | {"sequences": 2}]}, ["workload w", "sequences", "2"]),
    "two sources": ({"source": [SOURCE, SOURCE | {"source_id": "b"}], "alias": [ALIAS]}, ["source_id"]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_row_is_refused_by_name_and_nothing_changes(name: str, rack: Path) -> None:
    rows, words = REFUSED[name]
    before = rack.read_bytes(), sorted(rack.parent.iterdir())
    with pytest.raises(UsageError) as caught:
        own.add(rack, rows)
    assert [word for word in words if word not in str(caught.value)] == []
    assert len(str(caught.value)) < 600
    assert (rack.read_bytes(), sorted(rack.parent.iterdir())) == before


def test_row_that_breaks_a_rule_of_the_catalog_is_refused(path: Path, newer: Path) -> None:
    rule = newer.parent / "queries" / "checks" / "no_box_of_ours.sql"
    rule.write_text(
        "-- Nobody has that GPU.\n\nselect name from accelerator where name = 'Our GPU'\n", encoding="utf-8"
    )
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"nothing was changed.*no_box_of_ours.*Nobody has that GPU"):
        own.add(path, RACK)
    assert path.read_bytes() == before


def test_source_and_run_of_the_catalog_cannot_be_stood_in_for(rack: Path) -> None:
    (source,) = ask(rack, "select source_id from source where origin = 'seed' limit 1")[0]
    with pytest.raises(UsageError, match="catalog's own"):
        own.add(rack, {"source": [SOURCE | {"source_id": source}]})
    with pytest.raises(UsageError, match="catalog's own"):
        own.add(rack, {"weight_format": [{"weight_format_id": "fp8", "name": "a", "family": "fp8", "bits": 9.0}
                | {"description": "d", "is_auto": False} | CITED]})  # fmt: skip


def test_other_row_of_the_same_key_is_told_cell_by_cell(rack: Path) -> None:
    with pytest.raises(UsageError, match=r"yours already.*is_preferred: False, there is True.*mlsysdb remove"):
        own.add(rack, {"alias": [RACK["alias"][0] | {"is_preferred": False, "source_id": "us"}]})


# Standing in for the catalog's rows.


@pytest.fixture(scope="module")
def standing_in(catalog: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog in which a user's rows state facts that the catalog's own state too."""
    path = Path(shutil.copy2(catalog, tmp_path_factory.mktemp("standing_in") / database.FILE))
    model = dict(zip(*_row(path, "select * from model where model_id = 'llama-3-8b'"), strict=True))
    layers = dict(zip(*_row(path, "select * from layer_group where model_id = 'qwen3-8b'"), strict=True))
    term = dict(zip(*_row(path, "select * from engine_term where term = 'reserve' limit 1"), strict=True))
    mine = {"source_id": "us"} | CITED
    own.add(path, {
        **RACK,
        "accelerator_spec": [
            *RACK["accelerator_spec"], spec("l40s", "memory", 40e9, "board"), spec("l4", "tdp", 1.0),
            spec("l4", "visible_memory", 20e9), spec("h200-sxm5-141gb", "runtime_memory", 99e9),
        ],
        "alias": [*RACK["alias"], RACK["alias"][0] | {"alias": "H100"}],
        "model": [model | {"context_tokens": 5000} | mine],
        "layer_group": [layers | {"ordinal": 3, "layers": layers["layers"]} | mine],
        "engine_term": [term | {"coefficient": 12345.0, "fitted_on": "ours"} | mine],
    })  # fmt: skip
    return path


def _row(path: Path, sql: str) -> tuple[list[str], tuple[Any, ...]]:
    with contextlib.closing(database.attach(path)) as connection:
        found = connection.sql(sql)
        return found.columns, found.fetchall()[0]


def test_memory_that_a_user_states_comes_before_all_that_the_catalog_says(standing_in: Path) -> None:
    sql = (
        "select accelerator_id, memory_bytes, stated_visible_memory_bytes, stated_runtime_memory_bytes"
        " from accelerator_memory where accelerator_id = ?"
    )
    with contextlib.closing(database.attach(standing_in)) as connection:
        assert connection.execute(sql, ["l40s"]).fetchall() == [("l40s", 40e9, None, None)]
        assert connection.execute(sql, ["l4"]).fetchall()[0][2:] == (20e9, None)
        assert connection.execute(sql, ["h200-sxm5-141gb"]).fetchall()[0][3] == 99e9
    assert len(ask(standing_in, "from accelerator_spec where accelerator_id = 'l40s' and quantity_id = 'memory'")) > 1


def test_name_that_a_user_gives_means_theirs(standing_in: Path) -> None:
    assert ask(standing_in, "select target_id from resolved_name where name_key = 'h100' and kind = 'accelerator'") == [
        ("our-gpu",)
    ]


def test_model_of_a_user_answers_and_the_catalogs_is_still_seen(standing_in: Path) -> None:
    assert ask(standing_in, "select context_tokens from model where model_id = 'llama-3-8b'") == [(5000,)]
    cited = (
        "select value, is_overridden, source_id = 'us' from citation where table_name = 'model'"
        " and subject_id = 'llama-3-8b' and figure = 'context_tokens' order by all"
    )
    assert ask(standing_in, cited) == [(5000.0, False, True), (8192.0, True, False)]


def test_parts_of_a_model_are_replaced_together(standing_in: Path) -> None:
    assert ask(standing_in, "select ordinal, layers from layer_group where model_id = 'qwen3-8b'") == [(3, 36)]
    assert ask(standing_in, "select count(*) > 20 from tensor_group where model_id = 'qwen3-8b'") != []
    assert ask(standing_in, "select count(*) > 0 from overridden where table_name = 'layer_group'") == [(True,)]


def test_coefficient_of_a_user_is_the_one_that_counts(standing_in: Path) -> None:
    assert ask(standing_in, "select count(*) from engine_term where coefficient = 12345") == [(1,)]
    assert ask(
        standing_in, "select count(*) from overridden where table_name = 'engine_term' and figure = 'coefficient'"
    ) == [(1,)]


def test_show_marks_what_is_overridden(standing_in: Path) -> None:
    done = run_cli(["show", "llama-3-8b", "--format", "csv", "--database", str(standing_in)], standing_in.parent)
    assert "context_tokens (overridden by yours)" in done.stdout


def test_all_comes_back_when_the_users_rows_go(standing_in: Path, catalog: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(standing_in, tmp_path / database.FILE))
    build.upgrade(path)
    assert own.mine(path) == own.mine(standing_in)
    own.remove(path, source="us", with_dependents=True)
    tables = [name for (name,) in ask(path, "select table_name from duckdb_tables() where database_name = 'mlsysdb'")]
    for table in set(tables) - {"catalog_info"}:
        assert ask(path, f"from {table} order by all") == ask(catalog, f"from {table} order by all"), table


# Taking back.


def test_row_goes_with_its_parts_and_not_while_others_hang_on_it(rack: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy2(rack, tmp_path / database.FILE))
    with pytest.raises(UsageError, match=r"our-gpu.*--with-dependents"):
        own.remove(path, "us", table="organization")
    with pytest.raises(UsageError, match="organization, source: say which with --table"):
        own.remove(path, "us")
    assert own.remove(path, "our-gpu") == {"accelerator": 1, "accelerator_spec": 1, "alias": 1}
    assert set(own.mine(path)) == {"source", "organization"}
    assert own.remove(path, "us", table="organization") == {"organization": 1, "source": 1}
    assert own.mine(path) == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"name": "h100-sxm5-80gb"}, "catalog's own"),
        ({"name": "our-gpuu"}, "our-gpu"),
        ({"name": "llama-3-8b", "table": "mdel"}, "--table"),
        ({"source": "vllm"}, "yours are us"),
        ({}, "--source"),
        ({"name": "a", "source": "b"}, "--source"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_back_is_told(rack: Path, arguments: dict[str, str], words: str) -> None:
    before = rack.read_bytes()
    with pytest.raises(UsageError, match=words):
        own.remove(rack, **arguments)  # type: ignore[arg-type]
    assert rack.read_bytes() == before


# A newer catalog.


def withdraw(seeds: Path, text: str) -> None:
    """Leave out every row that names `text` in one of its first three cells."""
    for file in seeds.glob("*.csv"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if text not in line.split(",")[:5]]
        file.write_text("".join(kept), encoding="utf-8")


def test_rows_stay_when_what_they_hang_on_is_withdrawn_and_it_is_marked(path: Path, newer: Path) -> None:
    own.add(
        path,
        {
            "source": [SOURCE],
            "checkpoint": [CHECKPOINT | {"model_id": "codegemma-2b", "total_bytes": 5012344832}],
            "alias": [ALIAS | {"alias": "ours", "target_id": "codegemma-2b"}],
        },
    )
    mine = own.mine(path)
    withdraw(newer, "codegemma-2b")
    build.upgrade(path)
    assert own.mine(path) == mine
    assert ("model", "codegemma-2b") in ask(path, "from withdrawn")
    assert ask(path, "select fits from fits('H100') where model = 'codegemma-2b'") == [(True,)]
    build.upgrade(path)
    assert own.mine(path) == mine
    own.remove(path, source="us")
    assert ask(path, "from withdrawn") == ask(path, "from model where model_id = 'codegemma-2b'") == []


def test_source_whose_id_a_newer_catalog_takes_stays_the_users(path: Path, newer: Path) -> None:
    own.add(path, RACK)
    with (newer / "source.csv").open("a", encoding="utf-8") as handle:
        handle.write("us,A newer document,Somebody,,,,,,seed\n")
    build.upgrade(path)
    assert [row["source_id"] for row in own.mine(path)["source"]] == ["user-us"]
    assert {row["source_id"] for row in own.mine(path)["accelerator"]} == {"user-us"}
    assert ask(path, "select title from source where source_id = 'us'") == [("A newer document",)]


# Moving between databases, and the command line.


def test_rows_move_to_another_database_and_are_equal(standing_in: Path, path: Path, tmp_path: Path) -> None:
    home = tmp_path
    done = run_cli(["export", "--mine", str(tmp_path / "mine"), "--database", str(standing_in)], home)
    assert (done.code, done.stdout) == (0, "")
    done = run_cli(["import", str(tmp_path / "mine"), "--database", str(path)], home)
    assert done.code == 0, done.stderr
    assert own.mine(path) == own.mine(standing_in)
    assert own.export(path, tmp_path / "again")
    for file in (tmp_path / "mine").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "nowhere"), "nowhere"),
        (("import", "."), "no CSV files"),
        (("remove", "h100-sxm5-80gb"), "catalog's own"),
        (("remove",), "--source"),
        (("export",), "--mine"),
        (("install",), "--into"),
    ],
)
def test_command_refuses_with_exit_code_2(rack: Path, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    extra = () if arguments[0] == "install" else ("--database", str(rack))
    done = run_cli([*arguments, *extra], tmp_path)
    assert (done.code, done.stdout) == (2, "")
    assert words in done.stderr


def test_export_without_rows_says_so(catalog: Path, tmp_path: Path) -> None:
    done = run_cli(["export", "--mine", str(tmp_path / "mine"), "--database", str(catalog)], tmp_path)
    assert done.code == 0 and "no rows of yours" in done.stderr


# What else may happen meanwhile.


def test_rows_in_the_write_ahead_log_of_a_process_that_ended_early_are_kept(path: Path) -> None:
    sql = "insert into source (source_id, title, publisher, origin) values ('late', 'Late', 'us', 'user')"
    _crash(path, sql)
    assert path.with_name(f"{path.name}.wal").exists()
    build.upgrade(path)
    assert [row["source_id"] for row in own.mine(path)["source"]] == ["late"]
    assert not path.with_name(f"{path.name}.wal").exists()
    assert ask(path, "select count(*) from source where source_id = 'late'") == [(1,)]


def _crash(path: Path, sql: str) -> None:
    """Commit to the file and end without a checkpoint, as a killed process does."""
    script = (
        "import duckdb, os, sys; db = duckdb.connect(sys.argv[1]); db.execute(\"set wal_autocheckpoint = '1TB'\");"
        " db.execute(sys.argv[2]); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, str(path), sql], check=False, timeout=60)


def test_reader_goes_on_while_rows_are_added_and_sees_them_when_it_opens_anew(path: Path, tmp_path: Path) -> None:
    script = """
import sys, duckdb
db = duckdb.connect(sys.argv[1], read_only=True)
for line in sys.stdin:
    print(db.execute("select count(*) from citation").fetchall(), flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None and process.stdout is not None

        def said() -> str:
            process.stdin.write("go\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            return process.stdout.readline()  # type: ignore[union-attr]

        before = said()
        own.add(path, RACK)
        assert said() == before != ""
        process.stdin.close()
    assert ask(path, "select count(*) from accelerator where accelerator_id = 'our-gpu'") == [(1,)]


def test_errors_are_the_projects_own(path: Path) -> None:
    with pytest.raises(MlsysdbError):
        own.add(path.parent, RACK)
