"""Words for what an importer understood, shown before anything is written."""

from __future__ import annotations

from collections.abc import Iterable

from catalog_db.importers.understood import Row, Rows, Understood

GIB = 2**30


def lines(found: Understood, tables: Rows, model_id: str) -> list[str]:
    """The model in a screenful: sizes, tensor roles, cache, storage, source, and what to know."""
    model, origin = tables["model"][0], found.origin
    params = sum(group["param_count"] for group in found.tensor_groups)
    context = model.get("context_tokens")
    head = [
        f"{model['name']} ({model_id}): {model['architecture']}, {params:,} parameters, {model['layers']} layers",
        f"  read in: {origin.title}, {origin.locator}; {origin.revision}",
        f"  context: {f'{context:,} tokens' if context else 'unknown'}",
        f"  head: {'the embedding itself (tied)' if model['is_tied'] else 'of its own, or none'}",
    ]
    return [
        *head,
        *roles(found.tensor_groups),
        *caches(found),
        *storage(found, tables),
        *(f"  note: {n}" for n in found.notes),
    ]


def roles(groups: Iterable[Row]) -> list[str]:
    """Parameters by role, the largest first."""
    counts: dict[str, int] = {}
    for group in groups:
        counts[group["role"]] = counts.get(group["role"], 0) + group["param_count"]
    wide = max(map(len, counts), default=0)
    return [
        "  tensors:",
        *(f"    {role:{wide}}  {counts[role]:>18,}" for role in sorted(counts, key=lambda r: -counts[r])),
    ]


def caches(found: Understood) -> list[str]:
    """Layer groups."""
    if not found.layer_groups:
        return ["  cache: unknown; verdicts on this model stay unknown, its weights are known"]
    return ["  cache:", *(f"    {cache(group)}" for group in found.layer_groups)]


def cache(group: Row) -> str:
    """One layer group in words."""
    what = {
        "full": "{kv_heads} heads of {key_dim} + {value_dim}, every token",
        "sliding": "{kv_heads} heads of {key_dim} + {value_dim}, the last {window_tokens} tokens",
        "chunked": "{kv_heads} heads of {key_dim} + {value_dim}, chunks of {window_tokens} tokens",
        "mla": "a latent of {latent_dim} + {rope_dim}, every token",
        "recurrent": "a state of {conv_state_values} + {recurrent_state_values} values, whatever the length",
        "cross": "{kv_heads} heads of {key_dim} + {value_dim}, of the image or the encoder",
        "shared": "another layer's cache",
        "none": "nothing",
    }[group["kind"]]
    return f"{group['layers']} layers, {group['kind']}: {what.format(**group)}"


def storage(found: Understood, tables: Rows) -> list[str]:
    """Weight format and exact size."""
    named = tables["model"][0]["native_weight_format_id"] or "none of the catalog's"
    if found.storage is None:
        return [f"  weights as: {named} (from the config; a checkpoint's headers would say exactly)"]
    size = found.storage.total_bytes
    exact = f"{size:,} bytes ({size / GIB:,.2f} GiB), exact by the headers"
    engines = [row["engine"] for row in tables.get("weight_format_engine", [])]
    loads = f"; loaded by {', '.join(engines)}" if engines else ""
    return [f"  weights as: {named}: {found.format_name or 'plain'}, {exact}{loads}"]
