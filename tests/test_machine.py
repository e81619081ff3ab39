"""Machines and cloud instances stand for the accelerators in them, with as many as they have, and say so."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from conftest import CommandLine

from catalog_db import build, database, install, machine, names, query, question
from catalog_db.errors import UsageError

USER = "insert into source (source_id, title, publisher, origin) values ('mine', 'My prices', 'me', 'user')"


def prepared(db: duckdb.DuckDBPyConnection, gpu: str, **options: object) -> question.Question:
    return question.prepare(db, question.Options(**options), gpu=gpu)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "wanted", "accelerator", "devices", "nodes"),
    [
        ("p5.48xlarge", "p5.48xlarge", "h100-sxm5-80gb", 8, 1),
        ("P4D.24XLARGE", "p4d.24xlarge", "a100-sxm4-40gb", 8, 1),
        ("g6e.48xlarge", "g6e.48xlarge", "l40s", 8, 1),
        ("trn1.32xlarge", "trn1.32xlarge", "trainium", 16, 1),
        ("a3-highgpu-8g", "a3-highgpu-8g", "h100-sxm5-80gb", 8, 1),
        ("Standard_ND96isr_H100_v5", "standard_nd96isr_h100_v5", "h100-sxm5-80gb", 8, 1),
        ("DGX H100", "dgx-h100", "h100-sxm5-80gb", 8, 1),
        ("GB200 NVL72", "gb200-nvl72", "gb200", 72, 18),
        ("v5e-8", "v5litepod-8", "tpu-v5e", 8, 1),
        ("tpu7x-8", "tpu7x-8", "tpu-v7", 8, 1),
    ],
)
def test_name_as_people_type_it(
    db: duckdb.DuckDBPyConnection, text: str, wanted: str, accelerator: str, devices: int, nodes: int
) -> None:
    found = machine.named(db, text)
    assert found is not None
    assert (found.system_id, found.accelerator_id) == (wanted, accelerator)
    assert (found.devices, found.nodes) == (devices, nodes)


@pytest.mark.parametrize("text", ["H100", "DGX Spark", "v5litepod-1", "nonsense", ""])
def test_name_of_an_accelerator_or_of_nothing_is_no_machine(db: duckdb.DuckDBPyConnection, text: str) -> None:
    assert machine.named(db, text) is None


def test_machine_is_answered_with_all_its_devices(db: duckdb.DuckDBPyConnection) -> None:
    asked = prepared(db, "p5.48xlarge")
    assert asked.parameters["gpu"] == "h100-sxm5-80gb"
    assert asked.parameters["devices"] == 8
    assert asked.notes[0].startswith("p5.48xlarge is 8 x h100-sxm5-80gb")
    assert asked.notes[0].endswith("answered for all of them")


@pytest.mark.parametrize(
    ("options", "devices"), [({"gpus": 2}, 2), ({"tp": 4}, 4), ({"tp": 2, "pp": 2}, 4), ({"pp": 2}, 8)]
)
def test_fewer_devices_may_be_asked_for(db: duckdb.DuckDBPyConnection, options: dict[str, int], devices: int) -> None:
    assert prepared(db, "p5.48xlarge", **options).parameters["devices"] == devices


@pytest.mark.parametrize("options", [{"gpus": 16}, {"tp": 16}, {"tp": 8, "pp": 2}])
def test_more_devices_than_it_has_are_refused(db: duckdb.DuckDBPyConnection, options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match=re.escape("16 devices asked for, but p5.48xlarge has 8")):
        prepared(db, "p5.48xlarge", **options)


def test_same_answer_as_for_its_accelerator(db: duckdb.DuckDBPyConnection) -> None:
    figures = "model, weight_format, required_bytes, max_context_tokens, fits"
    by_machine = db.sql(f"select {figures} from fits('p5.48xlarge') order by model").fetchall()  # noqa: S608
    by_device = db.sql(f"select {figures} from fits('H100', devices := 8) order by model").fetchall()  # noqa: S608
    assert by_machine == by_device
    assert len(by_machine) > 100


def test_sql_counts_the_devices_of_each_machine_of_an_inventory(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute("create temp table fleet (gpu text)")
    writable.execute("insert into fleet values ('p5.48xlarge'), ('g6e.12xlarge'), ('H100'), ('no such')")
    found = writable.execute(
        "select distinct fleet.gpu, f.accelerator, f.devices from fleet, mlsysdb.fits(fleet.gpu) as f order by all"
    ).fetchall()
    assert found == [("H100", "h100-sxm5-80gb", 1), ("g6e.12xlarge", "l40s", 4), ("p5.48xlarge", "h100-sxm5-80gb", 8)]


def test_tensor_parallel_alone_says_how_many_devices_in_sql(db: duckdb.DuckDBPyConnection) -> None:
    found = db.sql("select distinct devices, tensor_parallel from fits('p5.48xlarge', tensor_parallel := 2)").fetchall()
    assert found == [(2, 2)]


def test_machine_of_two_kinds_is_refused_with_the_way_out(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute(
        "insert into system_accelerator select system_id, 'l4', 1, source_id, locator, tier"
        " from system_accelerator where system_id = 'p5.48xlarge'"
    )
    with pytest.raises(UsageError, match=r"2 kinds of accelerator.*mlsysdb show p5\.48xlarge"):
        machine.named(writable, "p5.48xlarge")


def test_name_of_several_machines_is_refused_with_their_ids(writable: duckdb.DuckDBPyConnection) -> None:
    for target in ("p5.48xlarge", "p5e.48xlarge"):
        writable.execute("insert into alias values ('big one', 'system', ?, false, 'mlsysdb')", [target])
    install.refresh(writable)
    with pytest.raises(UsageError, match=r"p5\.48xlarge, p5e\.48xlarge: name one of them"):
        machine.named(writable, "Big One")


def test_no_name_of_a_machine_is_that_of_something_else(db: duckdb.DuckDBPyConnection) -> None:
    shared = (
        "select a.name, b.kind, b.target_id from name as a inner join name as b using (name_key)"
        " where a.kind = 'system' and b.kind <> 'system'"
    )
    assert db.sql(shared).fetchall() == []


def test_mistyped_machine_is_told_its_nearest_names(db: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match=r"nearest: p5\.48xlarge"):
        prepared(db, "p5.48xlarg")


def test_catalog_holds_what_it_promises(db: duckdb.DuckDBPyConnection) -> None:
    systems = db.execute(
        "select count(*), count(distinct organization_id), count(fabric) from system_figure"
    ).fetchone()
    assert systems is not None
    assert systems[0] >= 100
    assert systems[1] >= 4
    assert systems[2] >= 20


def test_show_cites_each_figure_of_a_machine(db: duckdb.DuckDBPyConnection) -> None:
    rows = query.report(db, "show", {"kind": "system", "id": "p5.48xlarge"}).dicts()
    assert {"system", "system_accelerator", "system_fact", "price"} == {row["table_name"] for row in rows}
    assert all(row["source"] and row["place"] and row["tier"] for row in rows)
    assert names.anything(db, "p5.48xlarge") == ("system", "p5.48xlarge")


def test_users_own_price_comes_before_the_catalogs(writable: duckdb.DuckDBPyConnection) -> None:
    lowest = "select usd_per_hour, usd_per_device_hour, source_id from price_lowest where target_id = 'p5.48xlarge'"
    before = writable.execute(f"{lowest} and terms = 'on_demand'").fetchall()
    assert before[0][1] == pytest.approx(before[0][0] / 8)
    writable.execute(USER)
    writable.execute(
        "insert into price values ('system', 'p5.48xlarge', 'on_demand', 'any', date '2020-01-01', '80 USD', 80, null,"
        " 'mine', 'contract', 'C')"
    )
    assert writable.execute(f"{lowest} and terms = 'on_demand'").fetchall() == [(80, 10, "mine")]


def test_users_own_price_is_kept_by_an_upgrade(catalog: Path, tmp_path: Path) -> None:
    path = tmp_path / database.FILE
    shutil.copy2(catalog, path)
    with contextlib.closing(database.attach(path, read_only=False)) as connection:
        connection.execute(USER)
        connection.execute(
            "insert into price values ('accelerator', 'l4', 'purchase', 'any', date '2026-01-01', '2,500 USD', null,"
            " 2500, 'mine', 'invoice', 'C')"
        )
    build.upgrade(path)
    with contextlib.closing(database.attach(path)) as connection:
        kept = connection.execute("select target_id, purchase_usd from price_lowest where source_id = 'mine'")
        assert kept.fetchall() == [("l4", 2500)]


@pytest.mark.parametrize(
    "amounts", ["'spot', 'any', date '2026-01-01', '1', null, 1", "'purchase', 'any', date '2026-01-01', '1', 1, null",
                "'spot', 'any', date '2026-01-01', '1', null, null", "'spot', 'any', date '1999-01-01', '1', 1, null",
                "'spot', 'any', date '2026-01-01', '1', -1, null"],
)  # fmt: skip
def test_price_without_its_amount_or_day_is_refused(writable: duckdb.DuckDBPyConnection, amounts: str) -> None:
    with pytest.raises(duckdb.ConstraintException):
        writable.execute(f"insert into price values ('system', 'p5.48xlarge', {amounts}, 'mlsysdb', 'x', 'A')")  # noqa: S608


def test_fits_and_explain_say_what_the_machine_is(run: CommandLine) -> None:
    for command in (("fits", "--gpu", "p5.48xlarge", "--limit", "1"), ("explain", "llama-3-70b", "p5.48xlarge")):
        done = run(*command)
        assert done.code == 0
        assert "p5.48xlarge is 8 x h100-sxm5-80gb" in done.stderr
    assert "8 x h100-sxm5-80gb" in run("explain", "llama-3-70b", "p5.48xlarge").stdout.splitlines()[0]


def test_search_finds_machines(run: CommandLine) -> None:
    assert "p5.48xlarge" in run("search", "p5.48").stdout
