"""What an importer understood of a model, the words to show it in, and the rows it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from catalog_db.errors import UsageError
from catalog_db.importers.stored import FLOATS, Stored

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Place = tuple[str, str]

DTYPE_FORMATS = {"BF16": "bf16", "F16": "fp16", "F32": "fp32"}
YOURS = {"source_id": "yours", "title": "Own statements", "publisher": "the user of this catalog", "origin": "user"}
OUTER = ("embedding", "lm_head")  # stay wide in most formats, and outweigh the layers of small models
LARGEST = 2**62


@dataclass(frozen=True)
class Origin:
    """Where it was read: the columns of `source` and the citation of each row."""

    title: str
    publisher: str
    revision: str | None
    locator: str
    tier: str
    url: str | None = None
    hf_id: str | None = None


@dataclass(frozen=True)
class Storage:
    """How a checkpoint stores its tensors: parameters and bytes of each place that a storage rule can name."""

    places: Mapping[Place, tuple[int, int]]
    family: str
    total_bytes: int


@dataclass
class Understood:
    """Rows without ids and sources, and what was decided on the way.

    `format_id` is the catalog's format that the checkpoint is in, None when it is in none of them. `storage` is None
    when only a config was read. `layer_groups` is empty when the cache is not known.
    """

    model: Row
    layer_groups: list[Row]
    tensor_groups: list[Row]
    origin: Origin
    format_id: str | None = None
    format_name: str = ""
    storage: Storage | None = None
    is_exact_recipe: bool = False
    notes: list[str] = field(default_factory=list)


def storage_of(stored: Sequence[Stored], family: str = "") -> Storage:
    """Parameters and bytes by place; vectors are one place, as the storage rules have it."""
    places: dict[Place, tuple[int, int]] = {}
    for each in stored:
        tensor = each.tensor
        place = ("norm", "*") if tensor.in_features == 1 else tensor.place or ("other", "weight")
        params, size = places.get(place, (0, 0))
        count = tensor.out_features * tensor.in_features * tensor.count
        places[place] = (params + count, size + each.bytes)
    matrices = [each for each in stored if each.tensor.in_features > 1 and (each.tensor.place or OUTER)[0] not in OUTER]
    return Storage(places, family or storage_family(matrices), sum(each.bytes for each in stored))


def storage_family(matrices: Iterable[Stored]) -> str:
    """Of the formats' families, the one that most bytes of the layers' matrices are in."""
    sizes: dict[str, int] = {}
    for each in matrices:
        sizes[each.dtype] = sizes.get(each.dtype, 0) + each.bytes
    most = max(sizes, key=lambda dtype: sizes[dtype], default="BF16")
    if most.startswith("F8"):
        return "fp8"
    if most in FLOATS:
        return "float"
    return {"I8": "int8", "F4": "fp4", "U8": "int4", "I32": "int4", "I64": "int4"}.get(most, "gguf")


def plain_format(stored: Sequence[Stored]) -> str | None:
    """bf16, fp16 or fp32 when every matrix is stored so; vectors may be wider."""
    found = {each.dtype for each in stored if each.tensor.in_features > 1}
    return DTYPE_FORMATS.get(found.pop()) if len(found) == 1 else None


def slug(text: str) -> str:
    """An id from a name: lower case, digits, points and hyphens."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-.")[:80]


def check_id(model_id: str) -> str:
    """An id that can be typed and told apart. Raises UsageError."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.\-_]{0,99}", model_id):
        raise UsageError(
            f"--id: {model_id!r:.120} is no id: lower-case letters, digits, '.', '-' and '_', such as my-model"
        )
    return model_id


def check_name(text: str, option: str) -> str:
    """A name that prints on one line. Raises UsageError."""
    if not text.strip() or len(text) > 200 or not text.isprintable():
        raise UsageError(f"{option}: {text!r:.120} is no name: 1 to 200 characters that can be printed")
    return text.strip()


# ---------------------------------------------------------------- rows


def rows(found: Understood, model_id: str, name: str, organization_id: str, engines: Sequence[str]) -> Rows:
    """Everything to write: source, model, groups, the checkpoint and, where it is in none of ours, its format."""
    origin = found.origin
    source = source_row(f"user-model-{model_id}", origin)
    cited = {"source_id": source["source_id"], "locator": origin.locator, "tier": origin.tier}
    own = {"model_id": model_id, **cited}
    format_id = found.format_id if found.storage is None or found.is_exact_recipe else f"{model_id}-as-stored"
    model = {**found.model, **own, "hf_id": origin.hf_id, "name": name, "organization_id": organization_id}
    tables: Rows = {
        "source": [source],
        "model": [model | {"native_weight_format_id": format_id}],
        "layer_group": [group | own for group in found.layer_groups],
        "tensor_group": [group | own for group in found.tensor_groups],
    }
    if found.storage is not None and format_id is not None:
        if not found.is_exact_recipe:
            tables |= format_rows(found, found.storage, format_id, name, cited, engines)
        # Sizes of GGUF files are held against the text model alone: one with more in it has its format's exact bits.
        is_text = not any(group["role"] in ("vision", "audio", "mtp") for group in found.tensor_groups)
        if is_text or found.storage.family != "gguf":
            tables["checkpoint"] = [checkpoint_row(found.storage, model_id, format_id, cited)]
    check_sizes(tables)
    return tables


def source_row(source_id: str, origin: Origin) -> Row:
    """The source of a user's rows."""
    return {
        "source_id": source_id, "title": origin.title, "publisher": origin.publisher, "url": origin.url,
        "revision": origin.revision, "accessed_on": datetime.now(UTC).date(), "origin": "user",
    }  # fmt: skip


def checkpoint_row(storage: Storage, model_id: str, format_id: str, cited: Row) -> Row:
    """The exact size of the tensors."""
    total = storage.total_bytes
    sizes = {"as_printed": f"{total:,} bytes of tensors", "total_bytes": total}
    return {
        "checkpoint_id": f"{model_id}:as-stored",
        "model_id": model_id,
        "weight_format_id": format_id,
        "is_own_mix": False,
        **sizes,
        **cited,
    }


def format_rows(
    found: Understood, storage: Storage, format_id: str, name: str, cited: Row, engines: Sequence[str]
) -> Rows:
    """A format that is this checkpoint's own: each role and part at exactly the bits it takes, scales included."""
    params, size = (
        sum(pair[n] for place, pair in storage.places.items() if place[0] not in ("norm", *OUTER)) for n in (0, 1)
    )
    described = (
        f"As the checkpoint stores it: {found.format_name or 'types mixed'}; {storage.total_bytes:,} bytes of tensors."
    )
    format_row = {
        "weight_format_id": format_id, "name": f"{name}, as stored", "family": storage.family,
        "bits": size * 8 / max(params, 1), "description": described, "is_auto": False, **cited,
    }  # fmt: skip
    rules = [rule_row(format_id, place, pair, cited) for place, pair in storage.places.items()]
    rules.append(rule_row(format_id, ("*", "*"), (1, 2), cited))  # what this checkpoint has none of: 16 bits
    return {
        "weight_format": [format_row],
        "weight_format_rule": rules,
        "weight_format_engine": [{"weight_format_id": format_id, "engine": engine} for engine in engines],
    }


def rule_row(format_id: str, place: Place, pair: tuple[int, int], cited: Row) -> Row:
    """One storage rule: bits an element."""
    params, size = pair
    return {
        "weight_format_id": format_id, "role": place[0], "part": place[1], "share": "all", "condition": "always",
        "condition_rank": 0, "tensor_bits": size * 8 / params, "row_bits": 0.0, "block_out": 1, "block_in": 1,
        "block_bits": 0.0, **cited,
    }  # fmt: skip


def owner_rows(organization_id: str, name: str, url: str | None = None) -> Rows:
    """A maker that the catalog has none of: the same rows for each of its models, so that they can share it."""
    if organization_id == "yours":
        return {
            "source": [YOURS],
            "organization": [{"organization_id": "yours", "name": "Yours", "source_id": "yours"}],
        }
    source = {**YOURS, "source_id": f"user-owner-{organization_id}", "title": f"Models of {name}", "url": url}
    return {
        "source": [source],
        "organization": [{"organization_id": organization_id, "name": name, "source_id": source["source_id"]}],
    }


def together(*tables: Rows) -> Rows:
    """Several tables of rows as one."""
    found: Rows = {}
    for some in tables:
        for name, each in some.items():
            found.setdefault(name, []).extend(each)
    return found


def check_sizes(tables: Rows) -> None:
    """Numbers that a 64-bit column cannot hold are no model's. Raises UsageError."""
    for name, some in tables.items():
        for row in some:
            for column, value in row.items():
                if isinstance(value, int) and abs(value) > LARGEST:
                    raise UsageError(
                        f"{name}.{column} would be a number of {len(str(value))} digits: no model is that large"
                    )
    if sum(row["param_count"] for row in tables.get("tensor_group", [])) > 2**50:
        raise UsageError("more than 10^15 parameters: no model is that large")
