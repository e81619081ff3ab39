"""Every name leads where it should, and nothing of the catalog is left out because of its name."""

from __future__ import annotations

import duckdb
import pytest

from catalog_db import names
from catalog_db.errors import UsageError

KINDS = ("model", "accelerator", "system", "weight_format", "kv_dtype")


@pytest.mark.parametrize("kind", KINDS)
def test_each_id_means_itself(db: duckdb.DuckDBPyConnection, kind: str) -> None:
    found = db.execute(
        f"select {kind}_id, target_id from {kind} left join resolved_name"  # noqa: S608
        f" on resolved_name.kind = '{kind}' and resolved_name.name_key = name_key({kind}_id)"
    ).fetchall()
    assert len(found) >= 5
    assert [row for row in found if row[0] != row[1]] == []


def test_each_hugging_face_id_means_its_model(db: duckdb.DuckDBPyConnection) -> None:
    found = db.execute(
        "select model.model_id, model.hf_id, target_id from model left join resolved_name"
        " on resolved_name.kind = 'model' and resolved_name.name_key = name_key(model.hf_id)"
        " where model.hf_id is not null"
    ).fetchall()
    assert len(found) > 50
    assert [row for row in found if row[0] != row[2]] == []


# A model's name without organisation, the "Meta-" before Llama and the "-hf" of a converted checkpoint.
BARE = r"name_key(regexp_replace(regexp_replace(lower(split_part({}, '/', -1)), '^meta-llama', 'llama'), '-hf$', ''))"


@pytest.mark.parametrize("key", ["name_key({})", BARE], ids=["as written", "whoever publishes it"])
def test_no_alias_takes_another_models_own_name(db: duckdb.DuckDBPyConnection, key: str) -> None:
    """DeepSeek-V3-0324 has a row of its own, so it is no name of DeepSeek-V3. A tag (yi:34b-chat) may mean another."""
    own = key.format("bearer.own_name")
    said = key.format("alias.alias")
    taken = db.execute(
        "with bearer as (select model_id, unnest([model_id, hf_id]) as own_name from model)"  # noqa: S608
        f" select alias.alias, alias.target_id, min(bearer.model_id) from alias inner join bearer on {own} = {said}"
        " where alias.kind = 'model' and alias.source_id = 'mlsysdb' and not regexp_matches(alias.alias, ':')"
        " group by all having count(*) filter (where bearer.model_id = alias.target_id) = 0 order by all"
    ).fetchall()
    assert taken == []


def test_a_tag_is_no_second_meaning_of_a_models_own_name(db: duckdb.DuckDBPyConnection) -> None:
    taken = db.execute(
        "select alias.alias, alias.target_id, model.model_id from alias inner join model"
        " on name_key(alias.alias) in (name_key(model.model_id), name_key(model.hf_id))"
        " where alias.kind = 'model' and alias.target_id <> model.model_id order by all"
    ).fetchall()
    assert taken == []


def test_a_preferred_name_means_one_thing(db: duckdb.DuckDBPyConnection) -> None:
    several = db.execute(
        "select kind, name_key, list(target_id order by target_id) from name where is_preferred"
        " group by all having count(*) > 1 order by all"
    ).fetchall()
    assert several == []


def test_each_model_has_an_answer(db: duckdb.DuckDBPyConnection) -> None:
    missing = db.execute("select model_id from model where model_id not in (select model from fits('H100')) order by 1")
    assert missing.fetchall() == []


def test_each_accelerator_has_an_answer(db: duckdb.DuckDBPyConnection) -> None:
    missing = db.execute(
        "select accelerator_id from accelerator"
        " where accelerator_id not in (select accelerator from fits_model('llama-3-8b')) order by 1"
    )
    assert missing.fetchall() == []


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("model", "Llama3_70B", "llama-3-70b"),
        ("model", "LLAMA 3 70B", "llama-3-70b"),
        ("model", "meta-llama/Meta-Llama-3-70B", "llama-3-70b"),
        ("model", "llama-3-70b", "llama-3-70b"),
        ("model", "deepseek-ai/DeepSeek-V3", "deepseek-v3"),
        ("model", "deepseek-ai/DeepSeek-V3-0324", "deepseek-v3-0324"),
        ("model", "meta-llama/Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b-instruct"),
        ("model", "NousResearch/Llama-2-7b-chat-hf", "llama-2-7b-chat"),
        ("model", "command-r-plus", "c4ai-command-r-plus"),
        ("accelerator", "H100", "h100-sxm5-80gb"),
        ("accelerator", "NVIDIA H100 80GB HBM3", "h100-sxm5-80gb"),
        ("accelerator", "h100_sxm5_80gb", "h100-sxm5-80gb"),
        ("accelerator", "NVIDIA A100-SXM4-80GB", "a100-sxm4-80gb"),
        ("accelerator", "H100 MIG 3g.40gb", "h100-sxm5-80gb-mig-3g.40gb"),
        ("accelerator", "h100-mig-3g.40gb", "h100-sxm5-80gb-mig-3g.40gb"),
        ("accelerator", "NVIDIA H100 80GB HBM3 MIG 3g.40gb", "h100-sxm5-80gb-mig-3g.40gb"),
        ("accelerator", "NVIDIA H100 80GB HBM3 MIG 1g.10gb+me", "h100-sxm5-80gb-mig-1g.10gb"),
        ("accelerator", "NVIDIA H100 PCIe MIG 3g.40gb", "h100-pcie-80gb-mig-3g.40gb"),
        ("accelerator", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "a100-sxm4-40gb-mig-1g.5gb"),
        ("accelerator", "MI300X CPX/NPS4", "mi300x-cpx-nps4"),
        ("weight_format", "INT4", "int4"),
        ("weight_format", "FP8", "fp8"),
        ("weight_format", "Q4_K_M", "q4_k_m"),
        ("kv_dtype", "float16", "fp16"),
    ],
)
def test_name_as_people_type_it(db: duckdb.DuckDBPyConnection, kind: str, text: str, wanted: str) -> None:
    assert names.resolve(db, kind, text)[0] == wanted


def test_siblings_of_a_preferred_name_are_told(db: duckdb.DuckDBPyConnection) -> None:
    chosen, siblings = names.resolve(db, "accelerator", "H100")
    assert chosen == "h100-sxm5-80gb"
    assert {"h100-pcie-80gb", "h100-nvl-94gb"} <= set(siblings)


@pytest.mark.parametrize("text", ["", " ", "-", "_._", "'", "h1000", "%", "h100-sxm5-80gb; drop table model"])
def test_unknown_name_is_refused(db: duckdb.DuckDBPyConnection, text: str) -> None:
    with pytest.raises(UsageError, match="unknown GPU or accelerator"):
        names.resolve(db, "accelerator", text)
