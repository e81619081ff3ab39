"""Slices of a device: MIG instances serve a model each, compute partitions together; whole devices stay as they are."""

from __future__ import annotations

import duckdb
import pytest
from conftest import CommandLine

from catalog_db import names, question
from catalog_db.errors import UsageError

MIG = "h100-sxm5-80gb-mig-3g.40gb"
CPX = "mi300x-cpx-nps4"


def devices(db: duckdb.DuckDBPyConnection, accelerator: str) -> set[int]:
    """How many devices are tried for a model that no slice holds alone."""
    rows = db.execute(
        "select distinct devices from plan(?, 'llama-3-70b', null, null, null, null, null, null, 'native', null,"
        " 'vllm', null, null, null, false, false)",
        [accelerator],
    ).fetchall()
    return {row[0] for row in rows}


def test_mig_instance_is_offered_alone(db: duckdb.DuckDBPyConnection) -> None:
    assert devices(db, MIG) == {1}


def test_compute_partitions_and_whole_devices_are_offered_together(db: duckdb.DuckDBPyConnection) -> None:
    assert devices(db, CPX) >= {1, 2, 4, 8}
    assert devices(db, "h100-sxm5-80gb") >= {1, 2, 4, 8}


@pytest.mark.parametrize("options", [{"gpus": 2}, {"tp": 4}, {"pp": 2}])
def test_several_mig_instances_are_refused_and_the_device_is_named(
    db: duckdb.DuckDBPyConnection, options: dict[str, int]
) -> None:
    with pytest.raises(UsageError, match=r"cannot exchange data.*--gpu h100-sxm5-80gb"):
        question.prepare(db, question.Options(**options), gpu=MIG)  # type: ignore[arg-type]


def test_several_compute_partitions_are_not_refused(db: duckdb.DuckDBPyConnection) -> None:
    asked = question.prepare(db, question.Options(gpus=8), gpu=CPX)
    assert asked.parameters["devices"] == 8


def test_profile_that_several_boards_have_is_ambiguous(db: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match=f"means several.*{MIG}"):
        names.resolve(db, "accelerator", "3g.40gb")


def test_whole_devices_are_estimated_from_whole_devices(writable: duckdb.DuckDBPyConnection) -> None:
    """Slices that lost half their memory would move no whole device's total."""
    ask = """
        select memory.accelerator_id, memory.runtime_memory_bytes from accelerator_memory as memory
        anti join accelerator_partition as slice on memory.accelerator_id = slice.accelerator_id order by 1
    """
    before = writable.execute(ask).fetchall()
    writable.execute(
        "update accelerator_spec set value = value / 2 where quantity_id = 'visible_memory'"
        " and accelerator_id in (select accelerator_id from accelerator_partition)"
    )
    assert writable.execute(ask).fetchall() == before


def test_command_line_says_how_to_ask_instead(run: CommandLine) -> None:
    result = run("fits", "--gpu", "h100-mig-3g.40gb", "--gpus", "2")
    assert result.code == 2
    assert "--gpu h100-sxm5-80gb" in result.stderr
    assert result.stdout == ""
