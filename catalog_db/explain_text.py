"""An explanation as a page to read, or as JSON, CSV and the like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from catalog_db import render
from catalog_db.errors import UsageError
from catalog_db.explanation import SETTINGS

GIB = render.GIB
SUM = ("weights_bytes", "kv_reserved_bytes", "activation_bytes", "cuda_graph_bytes", "runtime_bytes")
NAMES = {
    "weights_bytes": "weights",
    "kv_reserved_bytes": "KV cache, as the engine reserves it",
    "activation_bytes": "activations (peak)",
    "cuda_graph_bytes": "CUDA graphs",
    "runtime_bytes": "runtime (context, communication)",
}
Grid = Callable[[Sequence[str], Sequence[Sequence[str]], Sequence[bool]], str]


def page(told: dict[str, Any], form: str) -> str:
    """The explanation in one of the formats; csv and jsonl hold its terms. Raises UsageError for parquet."""
    if form == "parquet":
        raise UsageError("explain has no parquet form: use json, or `fits --format parquet`")
    if form == "json":
        return render.to_json({key: value for key, value in told.items() if key not in SETTINGS})
    if form in ("csv", "jsonl"):
        columns = ["term", "part", "bytes", "formula", "source_id", "locator", "tier"]
        return render.text(columns, [[term[c] for c in columns] for term in told["terms"]], form)
    grid = render.markdown if form == "markdown" else render.table
    parts = [
        _verdict(told),
        _sum(told, grid),
        _frontiers(told),
        _terms(told, grid),
        _remedies(told, grid),
        _citations(told, grid),
    ]
    return "\n".join(part for part in parts if part)


def _verdict(told: dict[str, Any]) -> str:
    devices = f"{told['devices']} x {told['accelerator']}" if told["devices"] > 1 else told["accelerator"]
    words = {
        True: "fits",
        False: "does not fit",
        None: "cannot be told (a figure is unknown) whether it fits",
    }[told["fits"]]
    used = (
        f": {told['memory_utilization']:.1%} of {_gib(told['usable_memory_bytes'])}" if told["required_bytes"] else ""
    )
    mark = (
        " The context is beyond the model's own."
        if (told["own_tokens"] or told["context_tokens"]) < told["context_tokens"]
        else ""
    )
    weak = " Evidence is unverified (tier U) in part." if told["evidence_tier"] == "U" else ""
    seen = told["accuracy"] or {}
    tight = " Tight: the margin is within the error seen." if seen.get("is_tight") else ""
    error = (
        f"\nSeen on {seen['cases']} measured cases ({seen['seen_on']}): nine in ten within {_gib(seen['error_bytes'])}."
        if seen
        else ""
    )
    return f"{told['model']} in {told['weight_format']} {words} on {devices}{used}.{tight}{mark}{weak}{error}\n"


def _sum(told: dict[str, Any], grid: Grid) -> str:
    guess = " of an estimated total" if told["is_memory_estimated"] else ""
    rows = [(NAMES[name], _gib(told[name]), _gb(told[name]), _exact(told[name])) for name in SUM]
    rows += [
        ("needed", *_sizes(told["required_bytes"])),
        (f"usable (the engine's share{guess})", *_sizes(told["usable_memory_bytes"])),
        ("left over", *_sizes(told["headroom_bytes"])),
        ("driver-visible memory", *_sizes(told["visible_memory_bytes"])),
        ("KV cache, as the sequences need it", *_sizes(told["kv_cache_bytes"])),
    ]
    return grid(("per device", "GiB", "GB", "bytes"), rows, (False, True, True, True))


def _frontiers(told: dict[str, Any]) -> str:
    known = [
        ("KV cache bytes a token", told["kv_bytes_per_token"]),
        ("KV pool holds tokens", told["kv_capacity_tokens"]),
        ("longest context", told["max_context_tokens"]),
        ("most sequences at this context", told["max_sequences"]),
    ]
    return "".join(f"{name}: {value:,.0f}\n" for name, value in known if value is not None)


def _terms(told: dict[str, Any], grid: Grid) -> str:
    rows = [(term["term"], term["part"], _gib(term["bytes"]), term["formula"], term["tier"]) for term in told["terms"]]
    return "How each term comes about\n" + grid(
        ("term", "part", "GiB", "formula", "tier"), rows, (False, False, True, False, False)
    )


def _remedies(told: dict[str, Any], grid: Grid) -> str:
    if not told["remedies"]:
        return ""
    rows = [
        (
            remedy["change"],
            remedy["option"],
            _gib(remedy["saved_bytes"]),
            "" if remedy["factor"] is None else f"{remedy['factor']:.3g}x",
            "already" if remedy["is_already"] else {True: "fits", False: "no", None: "?"}[remedy["fits"]],
        )
        for remedy in told["remedies"]
    ]
    costs = [
        render.wrapped(f"- {remedy['remedy']}: {remedy['trade_off']}")
        for remedy in told["remedies"]
        if remedy["trade_off"]
    ]
    title = "What helps\n" if not told["fits"] else "What would save more\n"
    table = grid(("remedy", "how", "saves GiB", "factor", "then"), rows, (False, False, True, True, False))
    return title + table + ("\nWhat it trades away, as published\n" + "".join(costs) if costs else "")


def _citations(told: dict[str, Any], grid: Grid) -> str:
    rows = [
        (
            cited["table_name"],
            cited["figure"],
            cited["as_printed"] or "",
            cited["tier"],
            f"{cited['source_title']}: {cited['place']}",
        )
        for cited in told["citations"]
    ]
    return "Sources\n" + grid(("of", "figure", "as printed", "tier", "where it was read"), rows, (False,) * 5)


def _sizes(value: float | None) -> tuple[str, str, str]:
    return _gib(value), _gb(value), _exact(value)


def _gib(value: float | None) -> str:
    return "?" if value is None else f"{value / GIB:,.2f} GiB"


def _gb(value: float | None) -> str:
    return "?" if value is None else f"{value / 1e9:,.1f}"


def _exact(value: float | None) -> str:
    return "?" if value is None else f"{value:,.0f}"
