"""Each ready question runs as plain SQL in any client and by name, and what it says is true."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from conftest import CommandLine

from catalog_db import query, reports
from catalog_db.errors import UsageError

Rows = list[dict[str, Any]]
REPORTS = {report.name: report for report in reports.known()}
NODES = "node,gpu,gpus\na,NVIDIA H100 80GB HBM3,8\nb,L4,1\nc,no such thing,1\n"


def is_sorted(rows: Rows, column: str, *, down: bool = False) -> bool:
    values = [row[column] for row in rows if row[column] is not None]
    return values == sorted(values, reverse=down)


def one(rows: Rows, **wanted: Any) -> dict[str, Any]:
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def fleet(rows: Rows) -> bool:
    return [row["node"] for row in rows] == ["a", "b"] and rows[0]["largest_param_count"] > rows[1][
        "largest_param_count"
    ]


def gpu_for_load(rows: Rows) -> bool:
    b200, l4 = one(rows, accelerator="b200"), one(rows, accelerator="l4")
    return (
        b200["devices"] < l4["devices"]
        and b200["usd_per_hour"] > 0
        and is_sorted(rows, "usd_per_hour")
        and all(row["max_sequences"] >= 16 for row in rows)
    )


def kv_dtype_loss(rows: Rows) -> bool:
    narrower = [row for row in rows if row["fits_wide"] and row["weights_wide"] == row["weights_narrow"]]
    return len(narrower) > 20 and all(row["max_sequences_narrow"] >= row["max_sequences_wide"] for row in narrower)


def context_per_dollar(rows: Rows) -> bool:
    ratio = all(
        row["context_tokens_per_usd_hour"] == pytest.approx(row["max_context_tokens"] / row["usd_per_hour"])
        for row in rows
    )
    return ratio and is_sorted(rows, "context_tokens_per_usd_hour", down=True)


def lost_at_long_context(rows: Rows) -> bool:
    by_memory = [row for row in rows if row["reason"] == "memory"]
    return (
        all(
            (row["own_tokens"] or 1e9) >= 131072 and row["required_bytes"] > row["usable_memory_bytes"]
            for row in by_memory
        )
        and all(row["own_tokens"] < 131072 for row in rows if row["reason"] != "memory")
        and 0 < len(by_memory) < len(rows)
    )


def widest_format(rows: Rows) -> bool:
    return is_sorted(rows, "bits", down=True) and one(rows, model="qwen3-32b")["is_quantised"] is True


def cheapest_machine(rows: Rows) -> bool:
    return is_sorted(rows, "usd_per_hour") and all(row["headroom_bytes"] >= 0 for row in rows) and len(rows) > 5


def laptop(rows: Rows) -> bool:
    return is_sorted(rows, "param_count", down=True) and max(row["required_bytes"] for row in rows) <= 24 * 2**30


def tensor_parallel(rows: Rows) -> bool:
    return (
        [row["devices"] for row in rows] == [1, 2, 4, 8, 16]
        and is_sorted(rows, "weights_bytes", down=True)
        and [row["kv_bytes_per_token"] for row in rows[:4]] == [327680, 163840, 81920, 40960]
    )


def cache_per_token(rows: Rows) -> bool:
    latent = one(rows, model="deepseek-v3")
    return (
        latent["kv_bytes_per_token"] == 61 * 576 * 2 and one(rows, model="llama-3-70b")["kv_bytes_per_token"] == 327680
    )


def unverified(rows: Rows) -> bool:
    return all(row["tier"] == "U" or row["place"] is None for row in rows)


def binary_gigabytes(rows: Rows) -> bool:
    printed = [(row, float(row["as_printed"].split("GB")[0])) for row in rows if row["as_printed"].endswith("GB")]
    meant = [row["gibibytes"] if row["is_binary_unit"] else row["gigabytes"] for row, _ in printed]
    return len(printed) > 100 and meant == pytest.approx([number for _, number in printed])


def resident_and_active(rows: Rows) -> bool:
    row = one(rows, model="deepseek-v3")
    return (row["experts"], row["experts_per_token"]) == (256, 8) and 0.05 < row["active_fraction"] < 0.06


def error_by_architecture(rows: Rows) -> bool:
    row = one(rows, engine="vllm", architecture_class="full attention", quantity="weights_bytes")
    return row["cases"] > 10 and row["mean_absolute_error"] < 0.02


def memory_lost(rows: Rows) -> bool:
    h100 = one(rows, accelerator="h100-sxm5-80gb")
    return h100["lost_fraction"] == pytest.approx(1 - 79.19 * 0.92 / 80, abs=0.001)


def format_sizes(rows: Rows) -> bool:
    return is_sorted(rows, "format_bits", down=True) and {row["fits"] for row in rows} == {True, False}


def sequences_by_context(rows: Rows) -> bool:
    tokens = [row["context_tokens"] for row in rows]
    return tokens == [1024 * 2**n for n in range(8)] and is_sorted(rows, "max_sequences", down=True)


def disagreeing_sources(rows: Rows) -> bool:
    kept: dict[tuple[str, str, str], list[bool]] = {}
    for row in rows:
        kept.setdefault((row["accelerator"], row["quantity"], row["basis"]), []).append(row["is_used"])
    return all(len(used) > 1 and any(used) for used in kept.values()) and len(kept) > 3


def memory_per_dollar(rows: Rows) -> bool:
    row = one(rows, system_id="p5.48xlarge")
    return row["accelerator_memory_bytes"] == 640 * 2**30 and is_sorted(rows, "memory_gib_per_usd_hour", down=True)


def smallest_gpu(rows: Rows) -> bool:
    return len({row["model"] for row in rows}) == len(rows) and all(row["headroom_bytes"] >= 0 for row in rows)


def full_context(rows: Rows) -> bool:
    return is_sorted(rows, "context_fraction", down=True) and all(0 <= row["context_fraction"] <= 1 for row in rows)


CHECKS: dict[str, Callable[[Rows], bool]] = {
    check.__name__: check
    for check in (
        fleet, gpu_for_load, kv_dtype_loss, context_per_dollar, lost_at_long_context, widest_format, cheapest_machine,
        laptop, tensor_parallel, cache_per_token, unverified, binary_gigabytes, resident_and_active,
        error_by_architecture, memory_lost, format_sizes, sequences_by_context, disagreeing_sources, memory_per_dollar,
        smallest_gpu, full_context,
    )
}  # fmt: skip


def test_every_report_has_a_check() -> None:
    assert sorted(CHECKS) == sorted(REPORTS)
    assert len(REPORTS) >= 15


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_report_says_question_grain_and_parameters(name: str) -> None:
    report = REPORTS[name]
    assert report.question.endswith("?")
    assert report.grain.startswith("One row per")
    used = {part.split("'")[0] for part in report.sql.split("getvariable('")[1:]}
    assert used == {parameter.name for parameter in report.parameters}
    for parameter in report.parameters:
        assert parameter.meaning.endswith(".")
        default = "" if parameter.default == "none" else f", {parameter.default})"
        assert default in report.sql


@pytest.fixture
def client(catalog: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> duckdb.DuckDBPyConnection:
    """A plain DuckDB that has the file attached under its own name, and nothing else of ours."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nodes.csv").write_text(NODES, encoding="utf-8")
    connection = duckdb.connect()
    connection.execute(f"attach '{catalog}' (read_only)")
    return connection


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_report_as_plain_sql_says_what_is_true(name: str, client: duckdb.DuckDBPyConnection) -> None:
    with client:
        rows = query.Answer(client.sql(REPORTS[name].sql), client).dicts()
    assert rows
    assert CHECKS[name](rows)


def test_variables_set_parameters_in_plain_sql(client: duckdb.DuckDBPyConnection) -> None:
    with client:
        client.execute("set variable model = 'llama-3-8b'; set variable gpu = 'L4'")
        rows = client.execute(REPORTS["tensor_parallel"].sql).fetchall()
        wanted = client.execute(
            "select weights_bytes from mlsysdb.fits_model('llama-3-8b', devices := 1) limit 1"
        ).fetchall()
    assert rows[0][2] == wanted[0][0]


@pytest.mark.parametrize(
    ("name", "values", "check"),
    [
        (
            "tensor_parallel",
            {"model": "meta-llama/Meta-Llama-3-8B", "gpu": "nvidia l4"},
            lambda rows: rows[0]["devices"] == 1,
        ),
        ("lost_at_long_context", {"long_tokens": "32k"}, lambda rows: any(row["own_tokens"] < 32768 for row in rows)),
        ("laptop", {"free_gib": "6.5"}, lambda rows: max(row["required_bytes"] for row in rows) <= 6.5 * 2**30),
        ("full_context", {"kv_dtype": "FP8"}, lambda rows: len(rows) > 50),
        ("cheapest_machine", {"kind": "any"}, lambda rows: any(row["system_id"].startswith("inf") for row in rows)),
    ],
)
def test_parameters_by_name(
    name: str, values: dict[str, str], check: Callable[[Rows], bool], db: duckdb.DuckDBPyConnection
) -> None:
    with db.cursor() as connection:
        connection.execute("use mlsysdb")
        assert check(reports.run(connection, reports.named(name), values).dicts())


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("laptop", {"gpu": "no such"}, "unknown GPU"),
        ("laptop", {"colour": "red"}, "it has gpu, free_gib, context_tokens"),
        ("laptop", {"free_gib": "nan"}, "not a number"),
        ("laptop", {"context_tokens": "-1"}, "context_tokens"),
        ("laptop", {"context_tokens": "1; drop table model"}, "context_tokens"),
        ("unverified", {"gpu": "H100"}, "it has none"),
        ("fleet", {"inventory": "nowhere.csv"}, "nowhere.csv"),
    ],
)
def test_bad_parameters_are_refused(
    name: str, values: dict[str, str], told: str, db: duckdb.DuckDBPyConnection
) -> None:
    with db.cursor() as connection, pytest.raises(UsageError, match=told):
        connection.execute("use mlsysdb")
        reports.run(connection, reports.named(name), values)


def test_command_runs_a_report(run: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "it's [1].csv").write_text(NODES, encoding="utf-8")
    inventory = f"inventory={tmp_path / 'it'}'s [1].csv"
    done = run("query", "--report", "fleet", "--param", inventory, "--format", "json")
    assert done.code == 0
    assert fleet(json.loads(done.stdout))
    assert done.stderr.startswith("What fits my fleet? One row per machine")


def test_command_lists_reports(run: CommandLine) -> None:
    words = run("query", "--list-reports").stdout
    for report in REPORTS.values():
        assert report.name in words and report.question in words
        assert all(parameter.meaning in words for parameter in report.parameters)
    rows = json.loads(run("query", "--list-reports", "--format", "json").stdout)
    assert {row["report"] for row in rows} == set(REPORTS)
    assert {"report": "laptop", "parameter": "free_gib", "type": "double", "default": "24"}.items() <= one(
        rows, parameter="free_gib"
    ).items()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--report", "cheapest"), "cheapest_machine"),
        (("--report", "laptop", "--param", "gpu"), "NAME=VALUE"),
        (("--param", "gpu=H100"), "--report NAME"),
        (("select 1", "--report", "laptop"), "no SQL beside"),
        (("--report", f"..{os.sep}commands{os.sep}show"), "no report"),
    ],
)
def test_command_refuses_what_makes_no_sense(arguments: tuple[str, ...], told: str, run: CommandLine) -> None:
    done = run("query", *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert told in done.stderr
