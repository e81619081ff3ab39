"""A fleet's answers: the catalog's own figures, whole replicas, no more than is free, the smallest set, prices."""

from __future__ import annotations

import csv
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from conftest import CommandLine

import catalog_db
from catalog_db import query
from catalog_db.errors import UsageError

GIB = 2**30
SQL_JOIN = "select i.node, f.* from {file!r} i, mlsysdb.fits(i.gpu) f where f.fits order by all"
NODES = """hostname,gpu,gpus,memory.free [MiB],price_usd_per_hour
idle,NVIDIA H100 80GB HBM3,8,81000 MiB,24
busy,NVIDIA H100 80GB HBM3,8,40000 MiB,20
small,nvidia l4,1,,0.7
odd,NVIDIA H100 80GB HBM3,6,[N/A],18
"""
Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(catalog: Path, tmp_path: Path) -> Ask:
    """The rows for an inventory given as CSV text."""

    def rows(text: str, **options: Any) -> list[dict[str, Any]]:
        file = tmp_path / "nodes.csv"
        file.write_text(text, encoding="utf-8")
        return catalog_db.fits(inventory=file, database=str(catalog), **options).dicts()

    return rows


def by_node(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["node"]: row for row in rows}


def test_node_with_one_gpu_is_answered_as_the_gpu_is(ask: Ask, db: duckdb.DuckDBPyConnection) -> None:
    rows = ask("node,gpu\na,nvidia l4\n", context="16k", batch=2)
    wanted = query.sql(db, "from fits('l4', context_tokens := 16384, sequences := 2)").dicts()
    shared = list(wanted[0])
    assert len(rows) == len(wanted)
    found = {row["model"]: {name: row[name] for name in shared} for row in rows}
    for row in wanted:  # sums of many tensors may differ in the last bit
        assert found[row["model"]] == pytest.approx(row)


def test_nodes_use_the_fewest_devices_at_the_widest_format(ask: Ask, db: duckdb.DuckDBPyConnection) -> None:
    row = ask("node,gpu,count\na,H100,8\n", model="llama-3-70b")[0]
    best = query.sql(db, "from fits_model('llama-3-70b') where accelerator = 'h100-sxm5-80gb'").dicts()[0]
    same = ("weight_format", "devices", "required_bytes", "max_context_tokens", "max_sequences")
    assert [row[name] for name in same] == [best[name] for name in same]
    assert row["replicas"] == 8 // best["devices"]


def test_every_row_is_whole_and_keeps_its_bounds(ask: Ask) -> None:
    rows = [row for row in ask(NODES) if row["fits"]]
    assert {row["node"] for row in rows} == {"idle", "busy", "small", "odd"}
    for row in rows:
        assert row["required_bytes"] <= row["usable_memory_bytes"]
        assert row["usable_memory_bytes"] <= (row["free_memory_bytes"] or 1e15)
        assert row["replicas"] >= 1
        assert row["replicas"] * row["devices"] + row["stranded_devices"] == row["node_devices"]
        assert row["price_per_replica"] == row["price"] / row["replicas"]
        left = (
            row["usable_memory_bytes"] * row["node_devices"] - row["required_bytes"] * row["replicas"] * row["devices"]
        )
        assert row["stranded_bytes"] == pytest.approx(left)


def test_free_memory_bounds_what_an_engine_may_use(ask: Ask, db: duckdb.DuckDBPyConnection) -> None:
    rows = by_node(ask(NODES, model="llama-3-70b", weights="bf16"))
    assert rows["idle"]["devices"] < rows["busy"]["devices"]
    assert rows["busy"]["usable_memory_bytes"] == 40000 * 2**20
    sql = """
        from fits('H100', devices := $1, weight_format := 'bf16', free_memory_bytes := 40000 * 1048576.0)
        where model = $2
    """
    wanted = db.execute(sql, [rows["busy"]["devices"], "llama-3-70b"])
    names = [column[0] for column in wanted.description]
    same = pytest.approx(dict(zip(names, wanted.fetchone(), strict=True)))
    assert {name: rows["busy"][name] for name in names} == same


def test_one_busy_gpu_does_not_close_the_node(ask: Ask) -> None:
    lines = ["node,gpu,free_memory_mib", *(f"a,H100,{80000 + i}" for i in range(7)), "a,H100,9000"]
    row = ask("\n".join(lines), model="llama-3-70b", weights="bf16", gpus=2)[0]
    assert (row["node_devices"], row["replicas"], row["stranded_devices"]) == (8, 3, 1)
    assert row["free_memory_bytes"] == 80000 * 2**20


def test_rows_of_one_node_are_added_up(ask: Ask) -> None:
    rows = ask("node,gpu,count,price\na,H100,4,10\na,NVIDIA H100 80GB HBM3,4,12\na,L4,2,1\n", model="llama-3-8b")
    found = {row["accelerator"]: (row["node_devices"], row["price"]) for row in rows}
    assert found == {"h100-sxm5-80gb": (8, 22.0), "l4": (2, 1.0)}


def test_rows_without_a_node_are_machines_of_their_own(ask: Ask) -> None:
    rows = ask("gpu\nH100\nL4\nH100\n", model="llama-3-8b")
    assert [row["node"] for row in rows] == ["row 1", "row 2", "row 3"]


def test_counts_of_nodes_and_of_no_gpus(ask: Ask) -> None:
    rows = ask("node,gpu,count,nodes\na,H100,2,10\nb,H100,0,5\nc,H100,,\n", model="llama-3-8b", per="model")
    assert (rows[0]["nodes"], rows[0]["replicas"]) == (11, 21)


def test_machines_bring_their_own_number_of_gpus(ask: Ask) -> None:
    text = "instance_type,count\np5.48xlarge,3\np4d.24xlarge,\nNVIDIA L4,2\n"
    rows = {row["node"]: row for row in ask(text, model="llama-3-8b")}
    assert {node: (row["accelerator"], row["node_devices"], row["nodes"]) for node, row in rows.items()} == {
        "row 1": ("h100-sxm5-80gb", 8, 3), "row 2": ("a100-sxm4-40gb", 8, 1), "row 3": ("l4", 2, 1),
    }  # fmt: skip


def test_a_count_of_gpus_is_one_also_for_machines(ask: Ask) -> None:
    row = ask("instance_type,gpus\np5.48xlarge,4\n", model="llama-3-8b")[0]
    assert (row["accelerator"], row["node_devices"], row["nodes"]) == ("h100-sxm5-80gb", 4, 1)


def test_unknown_and_ambiguous_names_are_told_and_the_others_answered(ask: Ask) -> None:
    with pytest.warns(UserWarning) as told:
        rows = ask("node,gpu\na,H100X\nb,L4\nc,H100X\nd,=HYPERLINK(1)\n", model="llama-3-8b")
    assert [row["node"] for row in rows] == ["b"]
    words = [str(warning.message) for warning in told]
    assert "unknown GPU 'H100X' (2 rows left out); nearest: h100" in words[0]
    assert "=HYPERLINK(1)" in words[1]


def test_many_unknown_names_are_cut(ask: Ask) -> None:
    with pytest.warns(UserWarning, match="and 40 more unknown names in 40 rows"):
        ask("\n".join(["node,gpu", "a,L4", *(f"n{i},nothing-{i}" for i in range(50))]), model="llama-3-8b")


def test_cells_are_data(ask: Ask, tmp_path: Path, run: CommandLine) -> None:
    nodes = ['=cmd|"/C calc"!A0', "'; drop table model; --", "\x1b[31mred", "名前", "a,b", "x" * 500]
    with (tmp_path / "hostile.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["node", "gpu"], *([node, "L4"] for node in nodes)])
    common = ("fits", "--inventory", str(tmp_path / "hostile.csv"), "--model", "llama-3-8b")
    assert [row["node"] for row in json.loads(run(*common, "--format", "json").stdout)] == nodes
    done = run(*common, "--output", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert [row["node"] for row in csv.DictReader(file)] == nodes
    assert done.stdout == ""
    assert "\x1b" not in run(*common).stdout


# For the fleet.


def test_smallest_set_is_one_node_where_one_holds_it(ask: Ask) -> None:
    row = ask(NODES, model="llama-3-70b", per="model")[0]
    assert (row["smallest_set_nodes"], row["smallest_set"], row["smallest_set_price"]) == (1, "odd", 18.0)
    assert row["nodes"] == 3
    nodes = [item for item in ask(NODES, model="llama-3-70b") if item["fits"]]
    assert row["replicas"] == sum(item["replicas"] for item in nodes)
    assert row["stranded_devices"] == sum(item["stranded_devices"] for item in nodes)
    assert row["cheapest_price_per_replica"] == min(item["price_per_replica"] for item in nodes)


def test_smallest_set_spans_nodes_where_none_holds_it(ask: Ask, db: duckdb.DuckDBPyConnection) -> None:
    lines = ["node,gpu,count,price", *(f"h{i},H100,8,{30 - i}" for i in range(6)), "l,L4,8,1"]
    row = ask("\n".join(lines), model="deepseek-r1", per="model", weights="native")[0]
    assert (row["nodes"], row["replicas"], row["fits"]) == (0, 0, True)
    count = row["smallest_set_nodes"]
    assert (row["devices"], row["tensor_parallel"], row["pipeline_parallel"]) == (8 * count, 8, count)
    sql = """
        select fits from fits('H100', devices := $1, pipeline_parallel := $2, weight_format := 'native')
        where model = $3
    """
    verdicts = [db.execute(sql, [8 * n, n, "deepseek-r1"]).fetchone() for n in range(2, count + 1)]
    assert verdicts == [(False,)] * (count - 2) + [(True,)]
    assert row["smallest_set"] == ", ".join(f"h{i}" for i in range(6 - count, 6))
    assert row["smallest_set_price"] == sum(30 - i for i in range(6 - count, 6))


def test_set_counts_nodes_that_share_a_row(ask: Ask) -> None:
    row = ask("gpu,count,nodes,price\nH100,8,4,20\n", model="deepseek-r1", per="model", weights="native")[0]
    assert row["smallest_set"] == f"row 1 x {row['smallest_set_nodes']}"
    assert row["smallest_set_price"] == 20 * row["smallest_set_nodes"]


def test_fleet_without_enough_nodes_does_not_hold_it(ask: Ask) -> None:
    row = ask("node,gpu\na,L4\nb,L4\n", model="deepseek-r1", per="model")[0]
    assert row["fits"] is False
    assert (row["nodes"], row["smallest_set"]) == (0, None)


def test_fleet_says_what_there_is(ask: Ask) -> None:
    rows = ask(NODES, per="fleet")
    assert {(row["accelerator"], row["node_devices"]): row["nodes"] for row in rows} == {
        ("h100-sxm5-80gb", 8): 2, ("h100-sxm5-80gb", 6): 1, ("l4", 1): 1,
    }  # fmt: skip
    assert sum(row["devices"] for row in rows) == 23
    assert sum(row["price"] for row in rows) == pytest.approx(62.7)


def test_many_machines_are_planned_once(ask: Ask) -> None:
    lines = [f"n{i},{['H100', 'L4', 'NVIDIA L4'][i % 3]},{1 + i % 2}" for i in range(30_000)]
    row = ask("\n".join(["node,gpu,count", *lines]), model="llama-3-8b", per="model")[0]
    assert (row["nodes"], row["replicas"]) == (30_000, 45_000)


def test_too_many_amounts_of_free_memory_are_rounded_down(catalog: Path, tmp_path: Path, run: CommandLine) -> None:
    lines = [f"n{i},A100,{20_000 + i}" for i in range(6_000)]
    (tmp_path / "n.csv").write_text("\n".join(["node,gpu,free_memory_mib", *lines]), encoding="utf-8")
    done = run("fits", "--inventory", str(tmp_path / "n.csv"), "--model", "llama-3-8b", "--format", "csv")
    assert "rounded down to 1 GiB" in done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    free = {row["node"]: float(row["free_memory_bytes"]) / GIB for row in rows}
    assert free["n0"] == 20_000 // 1024
    assert all(amount.is_integer() for amount in free.values())


# From SQL, from Python, to tables.


def test_join_in_plain_sql(catalog: Path, tmp_path: Path) -> None:
    file = tmp_path / "nodes.csv"
    file.write_text("node,gpu,gpus,free\na,NVIDIA H100 80GB HBM3,8,40\nb,L4,1,20\nc,none such,1,20\n", encoding="utf-8")
    with duckdb.connect() as client:
        client.execute(f"attach '{catalog}' as mlsysdb (read_only)")
        found = client.execute(SQL_JOIN.format(file=str(file))).fetchall()
        assert {row[0] for row in found} == {"a", "b"}
        more = client.execute(
            f"select i.node, f.model, f.usable_memory_bytes from '{file}' i,"  # noqa: S608
            " mlsysdb.fits(i.gpu, devices := i.gpus, free_memory_bytes := i.free * 1e9) f where f.fits"
        ).fetchall()
        assert max(row[2] for row in more if row[0] == "a") == 40e9


def test_python_takes_frames_and_gives_them(catalog: Path) -> None:
    frame = pandas.DataFrame({"node": ["a", "b"], "card": ["H100", "L4"], "gpus": [8, 1]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = catalog_db.fits(
            inventory=frame, mapping={"gpu": "card"}, model="llama-3-70b", database=str(catalog), everything=False
        )
    assert answer.df()["node"].to_list() == answer.pl()["node"].to_list() == ["a"]
    assert answer.arrow()["replicas"].to_pylist() == [4]


@pytest.mark.parametrize("options", [{"gpu": "H100"}, {"per": "rack"}, {"table": "x"}, {"model": "none such"}])
def test_python_refuses_what_makes_no_sense(options: dict[str, str], catalog: Path, tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("gpu\nH100\n", encoding="utf-8")
    with pytest.raises(UsageError):
        catalog_db.fits(inventory=tmp_path / "n.csv", database=str(catalog), **options)  # type: ignore[arg-type]


@pytest.fixture
def nodes(tmp_path: Path) -> Path:
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    return tmp_path / "nodes.csv"


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".json", ".jsonl"])
def test_same_rows_in_every_format(suffix: str, nodes: Path, run: CommandLine) -> None:
    common = ("fits", "--inventory", str(nodes), "--model", "llama-3-70b")
    file = nodes.with_name(f"out{suffix}")
    assert run(*common, "--output", str(file)).code == 0
    wanted = json.loads(run(*common, "--format", "json").stdout)
    read = {".csv": duckdb.read_csv, ".parquet": duckdb.read_parquet}.get(suffix, duckdb.read_json)
    found = read(str(file))
    assert found.columns == list(wanted[0])
    assert found.select("node, replicas, fits, required_bytes").fetchall() == [
        (row["node"], row["replicas"], row["fits"], row["required_bytes"]) for row in wanted
    ]


def test_output_into_a_table_replaces_only_that_table(nodes: Path, run: CommandLine) -> None:
    results = nodes.with_name("results.duckdb")
    with duckdb.connect(str(results)) as db:
        db.execute('create table kept as select 42 as x; create table "my fits" as select 1 as old')
    done = run("fits", "--inventory", str(nodes), "--model", "llama-3-70b", "--output", f"{results}:my fits")
    assert (done.code, done.stdout) == (0, "")
    with duckdb.connect(str(results)) as db:
        assert db.execute("from kept").fetchall() == [(42,)]
        assert db.execute('select node from "my fits"').fetchall() == [("idle",), ("busy",), ("odd",)]


def test_output_beside_the_inventory_but_not_over_it(nodes: Path, run: CommandLine) -> None:
    fleet = nodes.with_name("fleet.duckdb")
    with duckdb.connect(str(fleet)) as db:
        db.execute(f"create table nodes as from '{nodes}'")
    before = nodes.read_bytes()
    common = ("--model", "llama-3-70b")
    over = [
        run("fits", "--inventory", str(nodes), *common, "--output", str(nodes)),
        run("fits", "--inventory", f"{fleet}:nodes", *common, "--output", f"{fleet}:NODES"),
        run("fits", "--inventory", f"{fleet}:nodes", *common, "--output", str(fleet)),
        run("fits", "--inventory", str(fleet), *common, "--output", f"{fleet}:nodes"),
    ]
    assert [done.code for done in over] == [2] * 4
    assert all("is the inventory itself" in done.stderr for done in over)
    assert nodes.read_bytes() == before
    assert run("fits", "--inventory", f"{fleet}:nodes", *common, "--output", f"{fleet}:held").code == 0
    with duckdb.connect(str(fleet)) as db:
        assert db.execute("select count(*) from nodes").fetchone() == (4,)
        assert db.execute("select count(*) from held").fetchone() == (3,)


def test_output_never_goes_into_the_catalog(nodes: Path, run: CommandLine) -> None:
    catalog = run.data_home / "mlsysdb" / "mlsysdb.duckdb"
    before = catalog.read_bytes()
    done = run("fits", "--inventory", str(nodes), "--output", f"{catalog}:held")
    assert done.code == 2
    assert catalog.read_bytes() == before


def test_output_that_fails_leaves_no_new_file(nodes: Path, run: CommandLine) -> None:
    done = run("fits", "--inventory", str(nodes), "--output", f"{nodes.with_name('new.duckdb')}:a.b.c.d")
    assert done.code == 2
    assert [path.name for path in nodes.parent.iterdir()] == ["nodes.csv"]


def test_command_says_what_it_took_for_what(nodes: Path, run: CommandLine) -> None:
    done = run("fits", "--inventory", str(nodes), "--model", "llama-3-70b")
    assert (
        "node = hostname, gpu = gpu, count = gpus, free = memory.free [MiB], price = price_usd_per_hour" in done.stderr
    )
    assert "llama-3-70b fits on 3 of the nodes" in done.stderr
    assert "assuming engine vllm" in done.stderr
    assert done.stdout.splitlines()[0].split()[:3] == ["node", "model", "accelerator"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--gpu", "H100"), "not both"),
        (("--per", "rack"), "node, model, fleet"),
        (("--table", "x"), "no database"),
        (("--map", "gpu=none"), "no such column"),
        (("--model", "none such"), "unknown model"),
        (("--sort", "nothing"), "no column"),
    ],
)
def test_bad_options_are_refused(arguments: tuple[str, ...], told: str, nodes: Path, run: CommandLine) -> None:
    done = run("fits", "--inventory", str(nodes), *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert told in done.stderr
