"""Put an explanation together: the verdict, each term with formula and inputs, remedies, citations."""

from __future__ import annotations

from typing import Any

import duckdb

from catalog_db import query
from catalog_db.errors import UsageError
from catalog_db.question import Question

SETTINGS = (
    "total_bytes", "unsplit_bytes", "is_rocm", "is_shared_memory", "is_large_workspace", "is_hbm", "is_flashinfer",
    "is_flashinfer_attention", "is_text_only", "has_encoder", "encoder_peak_bytes", "encoder_kept_bytes",
    "engine_profile_id",
    "engine_max_sequences", "max_batched_tokens", "own_tokens", "checkpoint",
)  # fmt: skip


def explain(connection: duckdb.DuckDBPyConnection, asked: Question) -> dict[str, Any]:
    """The answer, with `accuracy`, `terms`, `remedies`, `citations`. Raises UsageError when there is no answer."""
    query.keep(connection, "explain", asked.parameters)
    found = query.kept(connection, "explain").first
    if found is None:
        raise UsageError(_no_answer(asked))
    row = found | {"checkpoint": asked.parameters["model"]}
    beside = _engine(connection, row)
    terms = _weights(connection, row) + [term for term in beside if term["term"] == "weights"]
    terms += _cache(connection, row) + [term for term in beside if term["term"] != "weights"]
    return row | {
        "accuracy": _accuracy(connection, asked, row),
        "terms": terms,
        "remedies": _remedies(connection, asked, row),
        "citations": query.report(connection, "explain_citations", _only(row, "explain_citations")).dicts(),
    }


def _no_answer(asked: Question) -> str:
    parameters = asked.parameters
    return (
        f"{parameters['engine']} has no weight format {parameters['weight_format']!r} for {parameters['model']}: "
        '`mlsysdb query "from weight_format_engine"` lists what each engine loads'
    )


PARAMETERS = {
    "explain_weights": ("model", "checkpoint", "weight_format", "tensor_parallel", "pipeline_parallel", "is_text_only"),
    "explain_cache": (
        "model", "kv_dtype", "context_tokens", "sequences", "engine_profile_id", "tensor_parallel",
        "pipeline_parallel",
    ),
    "explain_engine": (
        "model", "weight_format", "engine_profile_id", "engine_max_sequences", "max_batched_tokens", "devices",
        "total_bytes", "unsplit_bytes", "is_rocm", "is_shared_memory", "is_large_workspace", "is_hbm", "is_flashinfer",
        "is_flashinfer_attention", "has_encoder", "encoder_peak_bytes", "encoder_kept_bytes", "tensor_parallel",
        "pipeline_parallel",
    ),
    "explain_citations": ("model", "checkpoint", "accelerator", "weight_format", "kv_dtype", "engine_profile_id"),
}  # fmt: skip


def _only(row: dict[str, Any], report: str) -> dict[str, Any]:
    return {key: row[key] for key in PARAMETERS[report]}


def _cited(row: dict[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("source_id", "locator", "tier")}


def _accuracy(connection: duckdb.DuckDBPyConnection, asked: Question, row: dict[str, Any]) -> dict[str, Any] | None:
    """The error seen on measured cases of the engine and class, and whether the margin lies within it."""
    parameters = {key: row[key] for key in ("model", "total_bytes", "headroom_bytes")}
    return query.report(connection, "error_seen", parameters | {"engine": asked.parameters["engine"]}).first


def _weights(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> list[dict[str, Any]]:
    parameters = _only(row, "explain_weights") | {"expert_parallel": row["expert_parallel"]}
    parts = query.report(connection, "explain_weights", parameters).dicts()
    return [
        {
            "term": "weights",
            "part": part["role"],
            "bytes": part["weights_bytes"],
            "formula": _weight_formula(part),
            "inputs": {"parameters": part["param_count"], "bits": part["bits"]},
            **_cited(part),
        }
        for part in parts
    ]


def _weight_formula(part: dict[str, Any]) -> str:
    text = f"{part['param_count']:,} parameters x {part['bits']:.4g} bits / 8"
    return text if part["device_share"] == 1 else f"{text} x {part['device_share']:.4g} of it on a device"


def _cache(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> list[dict[str, Any]]:
    if row["kv_dtype"] is None:
        return []
    groups = query.report(connection, "explain_cache", _only(row, "explain_cache")).dicts()
    return [
        {
            "term": "kv_cache",
            "part": f"{group['layers']} {group['kind']} layers",
            "bytes": group["kv_cache_bytes"],
            "formula": _cache_formula(group, row),
            "inputs": {key: value for key, value in group.items() if value is not None and key not in _cited(group)},
            **_cited(group),
        }
        for group in groups
    ]


def _cache_formula(group: dict[str, Any], row: dict[str, Any]) -> str:
    sequences = f"{row['sequences']:,} sequence{'' if row['sequences'] == 1 else 's'}"
    if group["kind"] in ("none", "shared"):
        return "keeps no cache of its own"
    if group["kind"] == "recurrent":
        return f"{group['layers']} layers x a constant state x {sequences}"
    if group["kind"] == "mla":
        values = f"({group['latent_dim']} + {group['rope_dim'] or 0})"
    else:
        values = f"{group['kv_heads']} KV heads x ({group['key_dim']} + {group['value_dim']})"
    index = f" and an index key of {group['index_dim']}" if group["index_dim"] else ""
    return (
        f"{group['layers']} layers x {values} x {group['kv_bits']:g} bits / 8{index} = {group['bytes_per_token']:,.0f} "
        f"bytes a token on a device; x {group['cached_tokens']:,} tokens x {sequences}"
    )


def _engine(connection: duckdb.DuckDBPyConnection, row: dict[str, Any]) -> list[dict[str, Any]]:
    parts = query.report(connection, "explain_engine", _only(row, "explain_engine")).dicts()
    return [
        {
            "term": part["term"],
            "part": part["driver"],
            "bytes": part["term_bytes"],
            "formula": f"{part['coefficient']:,.6g} bytes x {part['driver_value']:,.6g} ({part['fitted_on']})",
            "inputs": {"coefficient": part["coefficient"], part["driver"]: part["driver_value"]},
            **_cited(part),
        }
        for part in parts
        if part["is_counted"]
    ]


def _remedies(connection: duckdb.DuckDBPyConnection, asked: Question, row: dict[str, Any]) -> list[dict[str, Any]]:
    narrow = query.report(connection, "narrow_kv_dtype", {"engine": asked.parameters["engine"]}).rows
    parameters = asked.parameters | {
        "narrow_kv_dtype": narrow[0][0] if narrow else None,
        "devices": row["devices"],
    }
    return query.report(connection, "remedies", parameters | {"weight_format": row["weight_format"]}).dicts()
