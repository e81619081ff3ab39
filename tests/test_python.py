"""The catalog from Python: connections, answers as frames, units, and what a question imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow
import pytest
from conftest import environment

import catalog_db
from catalog_db import cli
from catalog_db.errors import DatabaseError, UsageError


@pytest.fixture(autouse=True)
def embedded(data_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python finds the embedded database where the command line does."""
    monkeypatch.setenv("XDG_DATA_HOME", str(data_home))
    monkeypatch.delenv("MLSYSDB_DATABASE", raising=False)


def test_connection_answers_and_is_read_only() -> None:
    with catalog_db.connect() as db:
        found = db.sql("select model, fits from fits('H100') where fits").df()
        assert len(found) > 50
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            db.execute("delete from model")


def test_connection_to_a_named_file(catalog: Path) -> None:
    with catalog_db.connect(str(catalog)) as db:
        assert db.sql("select count(*) > 100 from model").fetchall() == [(True,)]


def test_connection_joins_a_frame_of_the_users_own() -> None:
    inventory = pandas.DataFrame({"node": ["n1", "n2"], "gpu": ["H100", "L4"]})
    with catalog_db.connect() as db:
        found = db.sql(
            "select i.node, count(*) from inventory i, fits(i.gpu) f where f.fits group by all order by 1"
        ).fetchall()
    assert [node for node, _ in found] == ["n1", "n2"]
    assert found[0][1] > found[1][1] > 0
    assert len(inventory) == 2


def test_fits_as_rows_and_frames() -> None:
    answer = catalog_db.fits(gpu="H100", context="32k")
    assert set(answer.df()["context_tokens"]) == {32768}
    assert isinstance(answer.df(), pandas.DataFrame)
    assert isinstance(answer.pl(), polars.DataFrame)
    assert isinstance(answer.arrow(), pyarrow.Table)
    assert (
        answer.df().shape == answer.pl().shape == answer.arrow().to_pandas().shape == (len(answer), len(answer.columns))
    )
    assert answer.pl()["model"].to_list() == [row[0] for row in answer]


def test_fits_takes_the_options_of_the_command_line() -> None:
    answer = catalog_db.fits(
        model="llama-3-70b",
        gpus=2,
        context=4096,
        batch="2",
        weights="int4",
        kv_dtype="fp8",
        engine="ideal",
        memory_utilization=0.5,
    )
    row = next(row for row in answer.dicts() if row["accelerator"] == "h100-sxm5-80gb")
    assert (row["devices"], row["context_tokens"], row["sequences"]) == (2, 4096, 2)
    assert (row["weight_format"], row["kv_dtype"], row["engine"]) == ("int4", "fp8", "ideal")
    assert row["usable_memory_bytes"] == 40 * 2**30


def test_fits_has_columns_of_the_contract_only_once() -> None:
    columns = catalog_db.fits(gpu="H100").columns
    assert columns[:2] == ["model", "accelerator"]
    assert len(columns) == len(set(columns))


@pytest.mark.parametrize(
    "options", [{"gpu": "H1000"}, {}, {"gpu": "H100", "model": "llama-3-70b"}, {"gpu": "H100", "context": "-1"}]
)
def test_fits_refuses_what_the_command_line_refuses(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        catalog_db.fits(**options)  # type: ignore[arg-type]


def test_missing_database_is_an_error_of_our_own(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no database at"):
        catalog_db.connect(str(tmp_path / "none.duckdb"))


@pytest.mark.parametrize(
    ("sql", "wanted"),
    [
        ("convert_unit(80, 'GiB', 'GB')", 85.89934592),
        ("convert_unit(24, 'GiB', 'MiB')", 24576.0),
        ("convert_unit(900, 'Gb/s', 'GB/s')", 112.5),
        ("convert_unit(null, 'GiB', 'GB')", None),
        ("parse_quantity('3.35 TB/s')", 3.35e12),
        ("parse_quantity('80 GiB')", 80 * 2.0**30),
        ("parse_quantity('81559 MiB')", 81559 * 2.0**20),
        ("parse_quantity('1,979 TFLOPS')", 1.979e15),
        ("parse_quantity('80GB')", 80e9),
        ("parse_quantity('700 W')", 700.0),
        ("parse_quantity('900 Gb/s')", 112.5e9),
        ("parse_quantity(null)", None),
    ],
)
def test_units_in_sql(sql: str, wanted: float | None) -> None:
    with catalog_db.connect() as db:
        assert db.sql(f"select {sql}").fetchall() == [(wanted,)]


@pytest.mark.parametrize(
    "sql",
    ["convert_unit(1, 'GB', 'W')", "convert_unit(1, 'GB', 'furlong')", "parse_quantity('fast')", "parse_quantity('')"],
)
def test_units_that_make_no_sense_are_refused(sql: str) -> None:
    with catalog_db.connect() as db, pytest.raises(duckdb.Error, match="ValueError"):
        db.sql(f"select {sql}").fetchall()


def test_a_question_is_in_the_module_that_is_imported_for_it() -> None:
    cli.register([])
    modules = {
        command.name or command.callback.__name__: command.callback.__module__.rpartition(".")[2]  # type: ignore[union-attr]
        for command in cli.app.registered_commands
    }
    assert {name: module for name, module in modules.items() if module in cli.QUESTIONS.values()} == cli.QUESTIONS


HEAVY = ("sqlalchemy", "alembic", "duckdb_sqlalchemy", "pint", "polars", "psycopg", "torch", "transformers")
MODULES = """
import sys
from catalog_db import cli
sys.argv = ["mlsysdb", *{arguments!r}]
try:
    cli.main()
except SystemExit as end:
    code = end.code
print("modules", *sorted({{name.split(".")[0] for name, module in sys.modules.items() if module}}), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ("fits", "--gpu", "H100"),
        ("explain", "llama-3-8b", "H100"),
        ("query", "select 1"),
        ("search", "llama"),
        ("show", "H100"),
        ("query", "--report", "laptop"),
        ("fits", "--inventory", "nodes.csv", "--model", "llama-3-8b"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_question_imports_nothing_heavy(arguments: tuple[str, ...], data_home: Path, tmp_path: Path) -> None:
    (tmp_path / "nodes.csv").write_text("node,gpu\na,H100\n", encoding="utf-8")
    script = MODULES.format(arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        encoding="utf-8",
        env=environment(data_home),
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.splitlines()[-1].split()
    assert loaded[0] == "modules" and "duckdb" in loaded
    assert [name for name in HEAVY if name in loaded] == []
