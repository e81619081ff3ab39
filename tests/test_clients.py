"""Any DuckDB client from 1.4 on gives the same answers, whichever way it opens the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
import json, sys, duckdb
how, path = sys.argv[1:]
if how == "open":
    db = duckdb.connect(path, read_only=True)
else:
    db = duckdb.connect()
    db.execute(f"attach '{path}'" + (" as other" if how == "alias" else "") + " (read_only)")
name = "other" if how == "alias" else "mlsysdb"
questions = dict(line.split(": ", 1) for line in sys.stdin.read().splitlines())
db.execute("create temp table inventory (node text, gpu text, ctx bigint)")
db.execute("insert into inventory values ('n1', 'H100', 4096), ('n2', 'L4', 8192), ('n3', 'no such', 1)")
db.execute("insert into inventory values ('n4', 'g6e.12xlarge', 8192)")
def said(value):  # the order of a sum is not fixed: the last digits of a float may differ
    return f"{value:.12g}" if isinstance(value, float) else str(value)
answers = {"version": duckdb.__version__}
for label, sql in questions.items():
    answers[label] = [list(map(said, row)) for row in db.execute(sql.replace("CATALOG", name)).fetchall()]
print(json.dumps(answers))
"""
VIEWS = {
    "views": "select view_name from duckdb_views() where database_name = 'CATALOG' and not internal order by 1",
    "model_size": "from CATALOG.model_size order by all",
    "accelerator_memory": "select * from CATALOG.accelerator_memory order by all",
    "model_weight": "select model_id, sum(weights_bytes)::bigint from CATALOG.model_weight group by 1 order by 1",
    "citation": "select table_name, count(*), sum(value)::bigint from CATALOG.citation"
    " where abs(value) < 1e6 group by 1 order by 1",
    "names": "select count(*) from CATALOG.name",
    "resolved": "select count(*) from CATALOG.resolved_name",
}
FIGURES = "model, weight_format, weights_bytes, required_bytes, headroom_bytes, fits, max_context_tokens, max_sequences"
MACROS = {
    "fits": f"select {FIGURES} from mlsysdb.fits('H100', context_tokens := 32768, sequences := 8) order by model",  # noqa: S608
    "fits_model": "select accelerator, devices, required_bytes, fits from mlsysdb.fits_model('llama-3-70b')"
    " order by all",
    "machine": f"select {FIGURES}, devices from mlsysdb.fits('p5.48xlarge') order by model",  # noqa: S608
    "scalar": "select mlsysdb.weight_bytes(70553706496, 4.25), mlsysdb.weight_bytes(70553706496)",
    "lateral": "select i.node, f.model, f.devices, f.headroom_bytes from inventory i, mlsysdb.fits(i.gpu) f"
    " where f.fits order by all",
    "lateral_context": "select i.node, f.model, f.context_tokens, f.headroom_bytes"
    " from inventory i, mlsysdb.fits(i.gpu, context_tokens := i.ctx) f where f.fits order by all",
    "dictionary": "select count(*) from duckdb_columns() where database_name = 'mlsysdb' and comment is not null",
}


def answers(client: Path, how: str, path: Path, questions: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, how, str(path)],
        input="\n".join(f"{label}: {sql}" for label, sql in questions.items()),
        capture_output=True, encoding="utf-8", env=os.environ | {"PYTHONPATH": str(client)}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def expected(catalog: Path) -> dict[str, Any]:
    """The answers of the DuckDB that built the file."""
    import duckdb

    return answers(Path(duckdb.__file__).parent.parent, "attach", catalog, VIEWS | MACROS)


def test_expected_answers_are_some(expected: dict[str, Any]) -> None:
    assert [label for label in VIEWS | MACROS if not expected[label]] == []
    assert {row[0] for row in expected["lateral"]} == {"n1", "n2", "n4"}
    assert {row[-1] for row in expected["machine"]} == {"8"}
    assert len(expected["fits"]) > 50
    assert expected["scalar"] == [["37481656576", "141107412992"]]


def test_same_answers_from_an_attached_file(client: Path, catalog: Path, expected: dict[str, Any]) -> None:
    found = answers(client, "attach", catalog, VIEWS | MACROS)
    assert {label: found[label] for label in VIEWS | MACROS} == {label: expected[label] for label in VIEWS | MACROS}


def test_same_answers_from_the_file_itself(client: Path, catalog: Path, expected: dict[str, Any]) -> None:
    found = answers(client, "open", catalog, VIEWS | MACROS)
    assert {label: found[label] for label in VIEWS | MACROS} == {label: expected[label] for label in VIEWS | MACROS}


def test_views_work_under_another_alias(client: Path, catalog: Path, expected: dict[str, Any]) -> None:
    found = answers(client, "alias", catalog, VIEWS)
    assert {label: found[label] for label in VIEWS} == {label: expected[label] for label in VIEWS}


def test_scalar_macros_work_under_another_alias(client: Path, catalog: Path) -> None:
    found = answers(client, "alias", catalog, {"scalar": "select other.weight_bytes(8, 4)"})
    assert found["scalar"] == [["4"]]
