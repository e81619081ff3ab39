"""An inventory is read the same wherever it lies; its columns are told by sense; a bad one is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pandas
import polars
import postgres
import pyarrow
import pytest
from conftest import CommandLine

import catalog_db
from catalog_db import columns, inventory
from catalog_db.errors import UsageError

ROWS = """
    select * from (values
        ('gpu-01', 'NVIDIA H100 80GB HBM3', 8, 24.5),
        ('gpu-02', 'Tesla T4', 4, 1.25),
        ('it''s; drop table x --', 'nvidia l4', 1, 0.75)
    ) as t (host, "gpu model", gpus, price)
"""
TABLE = 'ops "x" nodes'


def write_csv(folder: Path) -> str:
    duckdb.sql(ROWS).write_csv(str(folder / "a [1] *.csv"))
    return str(folder / "a [1] *.csv")


def write_semicolons(folder: Path) -> str:
    duckdb.sql(ROWS).write_csv(str(folder / "nodes.txt"), sep=";")
    text = (folder / "nodes.txt").read_bytes()
    (folder / "nodes.txt").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    return str(folder / "nodes.txt")


def write_parquet(folder: Path) -> str:
    duckdb.sql(ROWS).write_parquet(str(folder / "it's.parquet"))
    return str(folder / "it's.parquet")


def _objects() -> list[dict[str, object]]:
    relation = duckdb.sql(ROWS)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def write_json(folder: Path) -> str:
    (folder / "nodes.json").write_text(json.dumps(_objects(), default=float), encoding="utf-8")
    return str(folder / "nodes.json")


def write_jsonl(folder: Path) -> str:
    lines = [json.dumps(item, default=float) for item in _objects()]
    (folder / "nodes.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "nodes.jsonl")


def write_duckdb(folder: Path) -> str:
    with duckdb.connect(str(folder / "fleet.duckdb")) as db:
        db.execute(f"create table {inventory.quoted_name(TABLE)} as {ROWS}")
        db.execute("create table other as select 1 as x")
    return f"{folder / 'fleet.duckdb'}:{TABLE}"


def write_sqlite(folder: Path) -> str:
    with sqlite3.connect(folder / "fleet.db") as db:
        db.execute(f'create table {inventory.quoted_name(TABLE)} (host text, "gpu model" text, gpus int, price real)')
        rows = [(row[0], row[1], row[2], float(row[3])) for row in duckdb.sql(ROWS).fetchall()]
        db.executemany(f"insert into {inventory.quoted_name(TABLE)} values (?, ?, ?, ?)", rows)  # noqa: S608
        db.execute("create table other (x int)")
    db.close()
    return f"{folder / 'fleet.db'}:{TABLE}"


WRITERS = [
    write_csv, write_semicolons, write_parquet, write_json, write_jsonl, write_duckdb, write_sqlite,
]  # fmt: skip


def read(what: object, table: str | None = None, query: str | None = None) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection, inventory.opened(connection, inventory.named(what, table, query)) as rows:
        return [(row[0], row[1], int(row[2]), float(row[3])) for row in rows.fetchall()]


def wanted() -> list[tuple[object, ...]]:
    return [(row[0], row[1], row[2], float(row[3])) for row in duckdb.sql(ROWS).fetchall()]


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_same_rows_from_every_kind_of_file(write: Callable[[Path], str], tmp_path: Path) -> None:
    assert read(write(tmp_path)) == wanted()


def test_same_rows_from_frames() -> None:
    relation = duckdb.sql(ROWS.replace("24.5)", "24.5::double)"))
    for frame in (relation.df(), relation.pl(), relation.to_arrow_table(), relation):
        assert read(frame) == wanted()
    assert [type(frame) for frame in (relation.df(), relation.pl(), relation.to_arrow_table())] == [
        pandas.DataFrame, polars.DataFrame, pyarrow.Table,
    ]  # fmt: skip


def test_only_table_of_a_database_needs_no_name(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "one.duckdb")) as db:
        db.execute(f"create schema ops; create view ops.nodes as {ROWS}")
    assert read(str(tmp_path / "one.duckdb")) == wanted()


def test_several_tables_are_listed(tmp_path: Path) -> None:
    for name in (write_duckdb(tmp_path), write_sqlite(tmp_path)):
        with pytest.raises(UsageError, match=r"which table.*other"):
            read(name.rpartition(":")[0])


def test_query_of_sqlite_and_of_nothing_else(tmp_path: Path) -> None:
    file = write_sqlite(tmp_path).rpartition(":")[0]
    sql = f"select * from {inventory.quoted_name(TABLE)} where gpus > 1"  # noqa: S608
    assert read(file, query=sql) == wanted()[:2]
    with pytest.raises(UsageError, match=r"readonly|read-only"):
        read(file, query="delete from other")
    with pytest.raises(UsageError, match="no database"):
        read(write_csv(tmp_path), query="select 1")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    import psycopg

    with postgres.server() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create schema ops")
            types = 't (host, "gpu model", gpus, price)'
            connection.execute(f"create table ops.nodes as {ROWS.replace('as ' + types, 'as ' + types)}")
            connection.execute("create table public.other (x int)")
        yield url


def test_postgresql_table_and_query(server: str) -> None:
    assert read(server, table="ops.nodes") == wanted()
    assert read(server, query="select * from ops.nodes where gpus > 1 order by host;") == wanted()[:2]


def test_postgresql_is_only_read(server: str) -> None:
    with pytest.raises(UsageError, match=r"read-only|syntax"):
        read(server, query="delete from ops.nodes returning *")
    with pytest.raises(UsageError, match=r"syntax|COPY"):
        read(server, query="select 1) to stdout; drop table ops.nodes; --")
    assert read(server, table="ops.nodes") == wanted()


def test_postgresql_problems_are_told_without_the_password(server: str) -> None:
    with pytest.raises(UsageError, match=r"which table.*ops\.nodes, public\.other"):
        read(server)
    with pytest.raises(UsageError, match=r"nothing.*does not exist"):
        read(server, table="nothing")
    with pytest.raises(UsageError, match="refused") as told:
        read("postgresql://me:secret@127.0.0.1:1/db", table="x")
    assert "secret" not in str(told.value)


def test_command_line_answers_from_postgresql(server: str, run: CommandLine) -> None:
    done = run(
        "fits", "--inventory", server, "--table", "ops.nodes", "--model", "llama-3-70b", "--format", "json",
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert done.code == 0
    assert [(row["node"], row["replicas"]) for row in found] == [("gpu-01", 4), ("gpu-02", 1)]


def test_standard_input(run: CommandLine, tmp_path: Path) -> None:
    text = "node,gpu\na,H100\nb,L4\n"
    done = run("fits", "--inventory", "-", "--model", "llama-3-8b", "--format", "json", stdin=text)
    assert {row["node"] for row in json.loads(done.stdout)} == {"a", "b"}


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["node", "gpu", "count"], {"node": "node", "gpu": "gpu", "count": "count"}),
        (["Hostname", "GPU Name", "# GPUs"], {"node": "Hostname", "gpu": "GPU Name", "count": "# GPUs"}),
        (["name", "memory.free [MiB]"], {"gpu": "name", "free": "memory.free [MiB]"}),
        (["name", "accelerator_type"], {"node": "name", "gpu": "accelerator_type"}),
        (["machine_type", "instances", "usd_hour"], {"gpu": "machine_type", "nodes": "instances", "price": "usd_hour"}),
        (["nvidia.com/gpu.product", "gpu.count"], {"gpu": "nvidia.com/gpu.product", "count": "gpu.count"}),
        (["gpu", "instance_type"], {"gpu": "gpu"}),
        (["rack", "card_model"], {}),
    ],
)  # fmt: skip
def test_columns_are_told_by_sense(names: list[str], roles: dict[str, str]) -> None:
    assert dict(columns.recognised(names).by_role) == roles


@pytest.mark.parametrize(
    ("names", "mapping", "unit"),
    [
        (["gpu", "memory.free [MiB]"], [], "mib"),
        (["gpu", "free_memory_gb"], [], "gb"),
        (["gpu", "free_memory"], [], None),
        (["gpu", "left"], ["free_gib=left"], "gib"),
        (["gpu", "left_mib"], ["free=left_mib"], "mib"),
    ],
)
def test_unit_of_free_memory_comes_from_its_column(names: list[str], mapping: list[str], unit: str | None) -> None:
    found = columns.recognised(names, mapping)
    assert (found.by_role.get("free"), found.unit) == (names[1], unit)


def test_mapping_overrides_and_takes_a_dictionary() -> None:
    assert columns.recognised(["gpu", "card"], ["GPU=Card"]).by_role["gpu"] == "card"
    assert columns.recognised(["gpu", "card"], {"gpu": "card"}).by_role["gpu"] == "card"


@pytest.mark.parametrize(
    ("mapping", "told"),
    [("gpu", "ROLE=COLUMN"), ("gpu=", "ROLE=COLUMN"), ("gpu=none", "gpu, card"), ("colour=card", "roles|none of")],
)
def test_bad_mapping_is_refused(mapping: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        columns.recognised(["gpu", "card"], [mapping])


REFUSED = {
    "empty": ("", "empty"),
    "blank": (" \n\n", "empty"),
    "no header": ("n1,NVIDIA H100 80GB HBM3\nn2,NVIDIA L4\n", "no header"),
    "no gpu column": ("node,card_model\nn1,NVIDIA L4\n", "--map 'gpu=card_model'"),
    "no gpu at all": ("node,colour\nn1,red\n", "columns are: node, colour"),
    "header only": ("node,gpu\n", "no row names a GPU"),
    "ragged": ("node,gpu\nn1,H100\nn2,L4,x,y\n", "Line: 3"),
    "negative count": ("node,gpu,count\nn1,H100,8\nn2,L4,-8\n", "row 2, column count: '-8'"),
    "huge count": ("node,gpu,count\nn1,H100,99999999999999999999\n", "row 1, column count"),
    "half a count": ("node,gpu,count\nn1,H100,2.5\n", "row 1, column count: '2.5'"),
    "words for a count": ("node,gpu,count\nn1,H100,eight\n", "row 1, column count: 'eight'"),
    "nan memory": ("node,gpu,free_memory_gib\nn1,H100,NaN\n", "row 1, column free_memory_gib: 'NaN'"),
    "negative memory": ("node,gpu,free_memory_gib\nn1,H100,-1\n", "row 1, column free_memory_gib"),
    "memory without a unit": ("node,gpu,free_memory\nn1,H100,40\n", "with its unit"),
    "price in words": ("node,gpu,price\nn1,H100,cheap\n", "column price: 'cheap'"),
    "price below nothing": ("node,gpu,price\nn1,H100,-3\n", "column price: '-3'"),
    "unknown gpus only": ("node,gpu\nn1,XYZ 9000\n", "unknown GPU 'XYZ 9000'"),
    "not utf-8": (b"node,gpu\nn\xe9\xff,H100\n", "utf-8"),
    "binary": (bytes(range(256)) * 20, "."),
    "broken json": ("[{\"gpu\": \"H100\"", "."),
    "json without rows": ("{}", "."),
    "broken parquet": (b"PAR1" + b"\0" * 50, "."),
    "broken sqlite": (b"SQLite format 3\0" + b"\1" * 200, "."),
    "broken duckdb": (b"\0" * 8 + b"DUCK" + b"\1" * 200, "."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_inventory_is_refused_with_its_place(name: str, data_home: Path, tmp_path: Path) -> None:
    content, told = REFUSED[name]
    file = tmp_path / "nodes.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    catalog = str(data_home / "mlsysdb" / "mlsysdb.duckdb")
    with pytest.raises(UsageError, match=told) as error:
        catalog_db.fits(inventory=file, database=catalog)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize("name", ["nowhere.csv", "", ".", "\0", "http://127.0.0.1/nodes.csv", "x" * 5000])
def test_what_is_no_file_is_refused(name: str, catalog: Path) -> None:
    with pytest.raises(UsageError):
        catalog_db.fits(inventory=name, database=str(catalog))


def test_object_that_is_no_table_is_refused(catalog: Path) -> None:
    with pytest.raises(UsageError, match="is no path"):
        catalog_db.fits(inventory=object(), database=str(catalog))
