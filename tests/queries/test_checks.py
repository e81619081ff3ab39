"""Each check holds on the catalog, and each can fail: a change to the rows that it must notice."""

from __future__ import annotations

import duckdb
import pytest

from catalog_db import assets, install, sqlfile
from catalog_db.errors import DatabaseError

CHECKS = {file.name: file for file in sqlfile.read_folder(assets.folder("queries", "checks"))}

# For each check, what breaks its rule.
MUTATIONS = {
    "figure_without_source": "update accelerator_spec set locator = '' where accelerator_id = 'h100-sxm5-80gb'",
    "unknown_is_no_verdict": (
        "create or replace macro is_fitting(needed, usable, is_beyond) as coalesce(needed <= usable, false);"
        " delete from kept_model_weight where model_id = 'llama-3-8b';"
        " delete from kept_whole_weight where model_id = 'llama-3-8b';"
    ),
    # Values that tools in use have shown, or mistakes of their kind.
    "query_heads_share_key_heads": "update model set kv_heads = 7 where model_id = 'llama-3-8b'",
    "key_heads_match_tensors": "update layer_group set kv_heads = 71 where model_id = 'falcon-7b'",
    "head_size_matches_tensors": (
        "update model set head_dim = 80 where model_id = 'qwen3-32b';"
        " update layer_group set key_dim = 80 where model_id = 'qwen3-32b'"
    ),
    "active_parameters_are_fewer": (
        "update model_fact set value = 1e15 where fact = 'active_parameter_count' and model_id = 'deepseek-r1'"
    ),
    "context_is_no_placeholder": "update model set context_tokens = 6553600 where model_id = 'deepseek-v3'",
    "parameter_count_agrees": (
        "update tensor_group set tensors = 2 * tensors, param_count = 2 * param_count"
        " where model_id = 'llama-3-70b' and role = 'mlp'"
    ),
    "tensors_have_their_shape": (
        "update tensor_group set role = 'norm' where model_id = 'dbrx-base' and role = 'attention' and part = 'qkv'"
    ),
    "published_size_matches_recipe": "update checkpoint set total_bytes = total_bytes * 1.073741824",  # GiB for GB
    "slice_within_its_device": "update accelerator_spec set value = 2 * value where accelerator_id like '%-mig-7g%'",
    "price_is_plausible": "update price set usd_per_hour = usd_per_hour * 20 where target_id = 'p5.48xlarge'",
    "price_without_target": "update price set target_id = 'p5.49xlarge' where target_id = 'p5.48xlarge'",
    "system_has_accelerators": "delete from system_accelerator where system_id = 'p5.48xlarge'",
    "system_is_no_big_device": "update system_accelerator set devices = 1 where system_id = 'gb200-nvl72'",
    # Mistakes of public tables: sparse listed as dense, GB read as GiB, two cards in one row, one way taken for both.
    "sparse_is_no_dense": (
        "update accelerator_spec set value = 1979e12"
        " where accelerator_id = 'h100-sxm5-80gb' and quantity_id = 'bf16_flops' and basis = 'dense'"
    ),
    "eight_bits_are_twice_sixteen": (
        "update accelerator_spec set value = 242e12"
        " where accelerator_id = 'l4' and quantity_id = 'bf16_flops' and basis = 'dense'"
    ),
    "memory_shown_is_part_of_advertised": (
        "update accelerator_spec set value = 141e9 where accelerator_id = 'h200-sxm5-141gb' and quantity_id = 'memory'"
    ),
    "bandwidth_suits_memory_type": (
        "update accelerator_spec set value = value / 8"
        " where accelerator_id = 'rtx-4090' and quantity_id = 'memory_bandwidth'"
    ),
    "figure_has_right_magnitude": (
        "update accelerator_spec set value = 16e-6 where accelerator_id = 't4' and quantity_id = 'memory'"
    ),
    "memory_is_of_one_device": (
        "update accelerator_spec set accelerator_id = 'a100-sxm4-80gb'"
        " where accelerator_id = 'a100-sxm4-40gb' and quantity_id = 'memory'"
    ),
    "driver_name_is_one_device": (
        "update alias set is_preferred = true"
        " where alias = 'NVIDIA GeForce RTX 4060 Ti' and target_id = 'rtx-4060-ti-16gb'"
    ),
    "link_both_ways_is_twice_one_way": (
        "update accelerator_spec set value = 900e9"
        " where accelerator_id = 'h100-sxm5-80gb' and quantity_id = 'link_bandwidth' and basis = 'one_way'"
    ),
    "kept_rows_are_current": "delete from kept_resolved_name where name_key = name_key('h100')",
}

every_check = pytest.mark.parametrize("name", sorted(CHECKS))


@every_check
def test_check_finds_nothing_in_the_catalog(name: str, db: duckdb.DuckDBPyConnection) -> None:
    assert db.execute(CHECKS[name].definition).fetchall() == []


@every_check
def test_check_finds_what_breaks_its_rule(name: str, writable: duckdb.DuckDBPyConnection) -> None:
    assert name in MUTATIONS, f"add to MUTATIONS what makes {name} fail: a check that cannot fail proves nothing"
    for statement in writable.extract_statements(MUTATIONS[name]):
        writable.execute(statement)
    assert writable.execute(CHECKS[name].definition).fetchall() != []


def test_no_mutation_is_left_over_from_a_check_that_is_gone() -> None:
    assert set(MUTATIONS) <= set(CHECKS)


def test_verify_names_the_check_that_fails_and_its_rule(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute(MUTATIONS["figure_without_source"])
    with pytest.raises(DatabaseError, match="figure_without_source") as caught:
        install.verify(writable)
    assert CHECKS["figure_without_source"].summary in str(caught.value)
