"""Worked examples by hand (tests/oracle/*.csv, a citation a line) against what the catalog says, to the byte."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

ORACLE = Path(__file__).parent / "oracle"
PLAN = """
    select weights_bytes, kv_cache_bytes, kv_bytes_per_token
    from plan('h100-sxm5-80gb', $model, 1, null, null, null, $tokens, $sequences, $format, 'bf16', 'ideal',
              null, null, null, false, true)
"""


def lines(name: str) -> list[dict[str, str]]:
    with (ORACLE / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def cases(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", lines(name), ids=lambda case: "-".join(list(case.values())[:2]))


def worked_out(by_hand: str) -> float:
    """The sum that the words describe: "2 heads x (64 + 64) values" is 256."""
    sum_ = re.sub(r"[a-z_]+", "", re.sub(r"\bx\b", "*", by_hand.replace(",", "")))
    assert re.fullmatch(r"[0-9+*/() ]+", sum_), sum_
    return float(eval(sum_))


def planned(
    db: duckdb.DuckDBPyConnection, model: str, *, tokens: int = 4096, sequences: int = 1, form: str = "bf16"
) -> dict[str, float]:
    found = db.sql(PLAN, params={"model": model, "tokens": tokens, "sequences": sequences, "format": form})
    rows = found.fetchall()
    assert len(rows) == 1, f"{model} as {form}: {len(rows)} plans"
    return dict(zip(found.columns, rows[0], strict=True))


@pytest.mark.parametrize("file", sorted(ORACLE.glob("*.csv")), ids=lambda file: file.stem)
def test_each_line_of_an_oracle_has_a_citation_and_its_sum(file: Path) -> None:
    found = lines(file.stem)
    assert len(found) >= 5
    assert [line for line in found if not line["citation"] or not line["by_hand"]] == []


@cases("param_count")
def test_parameter_count(db: duckdb.DuckDBPyConnection, case: dict[str, str]) -> None:
    assert worked_out(case["by_hand"]) == int(case["params"])
    found = db.execute("select resident_param_count from model_size where model_id = ?", [case["model"]])
    assert found.fetchone() == (int(case["params"]),)


def test_multi_token_prediction_is_counted_apart(db: duckdb.DuckDBPyConnection) -> None:
    """DeepSeek-V3 is 671.0B without and 684.5B with its MTP layer."""
    found = db.execute("select param_count, resident_param_count from model_size where model_id = 'deepseek-v3'")
    assert found.fetchone() == (684_489_845_504, 671_026_419_200)


@cases("weights_bytes")
def test_weights_bytes(db: duckdb.DuckDBPyConnection, case: dict[str, str]) -> None:
    assert worked_out(case["by_hand"]) == int(case["bytes"])
    assert f"{int(case['bytes']) / 1e9:.1f} GB" == case["printed"]
    assert planned(db, case["model"], form=case["weight_format"])["weights_bytes"] == int(case["bytes"])


@cases("kv_cache_bytes")
def test_kv_cache_bytes(db: duckdb.DuckDBPyConnection, case: dict[str, str]) -> None:
    assert worked_out(case["by_hand"]) == int(case["bytes"])
    assert f"{int(case['bytes']) / 2**30:.2f} GiB" == case["printed"]
    found = planned(db, case["model"], tokens=int(case["context_tokens"]))
    assert found["kv_cache_bytes"] - int(case["state_bytes"]) == int(case["bytes"])


def test_llama_3_70b_caches_327680_bytes_a_token(db: duckdb.DuckDBPyConnection) -> None:
    assert planned(db, "llama-3-70b")["kv_bytes_per_token"] == 327_680


def test_eight_sequences_cache_eight_times_as_much(db: duckdb.DuckDBPyConnection) -> None:
    assert planned(db, "llama-3-70b", sequences=8)["kv_cache_bytes"] == 8 * 1_342_177_280
