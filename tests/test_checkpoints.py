"""A checkpoint's name means its model, in its format, at its published size."""

from __future__ import annotations

import json

import duckdb
import pytest
from conftest import CommandLine

from catalog_db import names, question
from catalog_db.errors import UsageError

GGUF = "bartowski/Qwen2.5-3B-Instruct-GGUF:Q4_K_S"
FP8 = "RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8"
UNSIZED = "hugging-quants/Meta-Llama-3.1-70B-Instruct-AWQ-INT4"
WEIGHTS = (
    "select max(weights_bytes) from"
    " plan('H100', ?, ?, null, null, null, 1024, 1, ?, null, ?, null, null, null, false, false)"
)


def weights(
    db: duckdb.DuckDBPyConnection, name: str, devices: int = 1, form: str = "auto", engine: str = "ideal"
) -> float:
    found = db.execute(WEIGHTS, [name, devices, form, engine]).fetchone()
    assert found is not None
    return float(found[0])


def test_each_checkpoint_is_resolved_by_its_id(db: duckdb.DuckDBPyConnection) -> None:
    lost = db.sql(
        "select checkpoint_id from checkpoint"
        " where name_key(checkpoint_id) not in (select name_key from resolved_name where kind = 'model')"
    ).fetchall()
    assert lost == []


def test_there_are_two_hundred_with_a_size(db: duckdb.DuckDBPyConnection) -> None:
    assert db.execute("select count(*) >= 200 from checkpoint where total_bytes is not null").fetchone() == (True,)


def test_published_sizes_win_over_recipes(db: duckdb.DuckDBPyConnection) -> None:
    """The sum of weights is the published one wherever the files hold all that is loaded, own mixes included."""
    wrong = [
        (name, size)
        for name, size in db.sql(
            "select checkpoint_id, total_bytes from checkpoint_name as named where total_bytes is not null"
            " and name_key = name_key(checkpoint_id) and not exists (select 1 from kept_model_weight as part"
            " where part.model_id = named.model_id and part.role in ('mtp', 'vision', 'audio')) order by 1"
        ).fetchall()[::10]
        if weights(db, name) != pytest.approx(size)
    ]
    assert wrong == []


def test_an_unknown_size_leaves_the_recipe(db: duckdb.DuckDBPyConnection) -> None:
    assert weights(db, UNSIZED) == weights(db, "llama-3.1-70b-instruct", form="awq-int4-g128")


def test_devices_share_the_published_size(db: duckdb.DuckDBPyConnection) -> None:
    whole, half = weights(db, GGUF), weights(db, GGUF, devices=2)
    recipe = weights(db, "qwen2.5-3b", form="q4_k_s"), weights(db, "qwen2.5-3b", devices=2, form="q4_k_s")
    assert half >= whole / 2
    assert half / whole == pytest.approx(recipe[1] / recipe[0])


def test_another_format_of_its_model_is_not_of_that_size(db: duckdb.DuckDBPyConnection) -> None:
    assert weights(db, GGUF, form="q6_k") == weights(db, "qwen2.5-3b", form="q6_k")


def test_terms_add_up_to_the_published_size(run: CommandLine) -> None:
    told = json.loads(run("explain", GGUF, "H100", "--engine", "ideal", "--format", "json").stdout)
    terms = [term["bytes"] for term in told["terms"] if term["term"] == "weights"]
    assert sum(terms) == pytest.approx(told["weights_bytes"]) == pytest.approx(1_834_384_544)
    assert [cited["as_printed"] for cited in told["citations"] if cited["table_name"] == "checkpoint"] == [
        "1834384544 bytes"
    ]
    assert "checkpoint" not in told


@pytest.mark.parametrize(
    ("name", "engine", "said"),
    [
        (GGUF, "llama.cpp", f"{GGUF} is qwen2.5-3b in q4_k_s: weights as published (1834384544 bytes)"),
        ("Qwen2.5-3B-Instruct-Q4_K_S.gguf", "llama.cpp", f"{GGUF} is qwen2.5-3b in q4_k_s: weights as published"),
        (FP8, "vllm", f"{FP8} is llama-3.1-8b-instruct in fp8: weights as published (5 GB + 4.08 GB)"),
        (UNSIZED, "vllm", f"{UNSIZED} is llama-3.1-70b-instruct in awq-int4-g128: weights estimated"),
        ("me/Qwen3-14B-GGUF:Q8_0", "llama.cpp", "no checkpoint of the catalog, read as qwen3-14b in q8_0"),
        ("me/Qwen3-14B-FP8-dynamic", "vllm", "no checkpoint of the catalog, read as qwen3-14b in fp8-dynamic"),
    ],
)
def test_the_answer_says_what_was_chosen(db: duckdb.DuckDBPyConnection, name: str, engine: str, said: str) -> None:
    asked = question.prepare(db, question.Options(engine=engine), model=name)
    assert [note for note in asked.notes if said in note] != []


def test_the_same_format_may_be_named_beside_it(db: duckdb.DuckDBPyConnection) -> None:
    asked = question.prepare(db, question.Options(weights="float8"), model=FP8)
    assert asked.parameters["weight_format"] == "fp8"


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        (FP8, {"weights": "awq"}, f"--weights awq, but {FP8} is stored as fp8"),
        ("me/Qwen3-14B-FP8", {"weights": "awq"}, "--weights awq, but me/Qwen3-14B-FP8 is stored as fp8"),
        (GGUF, {}, f"vllm does not load q4_k_s, as {GGUF} is stored; --engine llama.cpp does"),
        (FP8, {"weights": "no-such-format"}, "unknown weight format"),
        ("me/no-such-model-FP8", {}, "unknown model"),
        (FP8, {"context": "1000000"}, "131,072 tokens that llama-3.1-8b-instruct supports"),
    ],
)
def test_a_contradiction_is_refused(
    db: duckdb.DuckDBPyConnection, name: str, options: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError) as refused:
        question.prepare(db, question.Options(**options), model=name)
    assert said in str(refused.value)


def test_the_makers_own_id_means_the_model_in_any_format(db: duckdb.DuckDBPyConnection) -> None:
    assert names.checkpoint(db, "microsoft/phi-4", "vllm") is None
    asked = question.prepare(db, question.Options(weights="fp8"), model="microsoft/phi-4")
    assert (asked.parameters["model"], asked.parameters["weight_format"]) == ("phi-4", "fp8")


def test_show_and_search_know_it(run: CommandLine) -> None:
    shown = run("show", GGUF, "--format", "csv")
    assert "qwen2.5-3b in q4_k_s: total_bytes,1834384544 bytes" in shown.stdout
    found = run("search", "bartowski qwen2.5 3b instruct gguf", "--format", "csv")
    assert f"checkpoint,{GGUF}" in found.stdout
