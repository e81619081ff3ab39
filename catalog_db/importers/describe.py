"""A config, or a config and the headers of its checkpoint -> what is understood of the model."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from importlib.util import find_spec
from math import prod
from typing import Any

from catalog_db.errors import UsageError
from catalog_db.importers import decoders, derive, families, layers, understood, written_out
from catalog_db.importers.layers import Config, first, text_config
from catalog_db.importers.stored import Header, Stored, model_tensors
from catalog_db.importers.tensors import Tensors, group, tensor_groups
from catalog_db.importers.understood import Origin, Understood

WRONG = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError, AssertionError)
Row = dict[str, Any]


def from_config(config: Config, origin: Origin, known: Collection[str] = ()) -> Understood:
    """A model of which only the config was read. Raises UsageError when its tensors cannot be told from it."""
    tensors = _derived(config, origin)
    notes = list(tensors.notes)
    groups = layer_groups(config, notes, known)
    model = model_row(config, groups, notes, origin) | {"is_tied": tensors.is_tied}
    model |= {"architecture": model["architecture"] or str(config.get("model_type"))}
    return Understood(model, groups, tensors.groups, origin, model["native_weight_format_id"], notes=notes)


def from_headers(
    headers: Sequence[Header], config: Config | None, origin: Origin, known: Collection[str] = ()
) -> Understood:
    """A model of which the checkpoint's headers were read: exact tensors; the config adds what the cache needs."""
    text = text_config(config or {})
    quantization = _quantization(config or {})
    count = _layers_of(text)
    stored = _without_tied_head(model_tensors(headers, quantization, count), text)
    if not stored:
        raise UsageError(f"{origin.locator}: no tensor of a model in the headers")
    notes: list[str] = []
    tensors = Tensors(group(each.tensor for each in stored), _is_tied(stored, text))
    groups = layer_groups(config, notes, known) if config else []
    model = model_row(config, groups, notes, origin) if config else _headers_row(stored, origin)
    if config is None:
        notes.append("no config.json beside the weights: what the layers cache is unknown")
    else:
        _compare(config, tensors, notes)
    model |= {"is_tied": tensors.is_tied, "architecture": model["architecture"] or str(text.get("model_type"))}
    _tell_packed(headers, quantization, notes)
    found = Understood(model, groups, tensors.groups, origin, notes=notes)
    return _with_storage(found, stored, config, quantization)


# Quantisers whose packing `stored` turns back.
PACKINGS = ("awq", "gptq", "compressed-tensors", "fp8", "mxfp4", "modelopt", "bitsandbytes", "fbgemm_fp8")


def _tell_packed(headers: Sequence[Header], quantization: Mapping[str, Any], notes: list[str]) -> None:
    """Say when integers are packed in a way that is not known: their sizes are right, their counts may not be."""
    method = str(quantization.get("quant_method"))
    is_packed = any(len(each.shape) > 1 and each.dtype in ("I8", "U8", "I16", "I32", "I64") for each in headers)
    if is_packed and method not in PACKINGS:
        said = (
            f"quantisation {method!r:.40} is not known"
            if quantization
            else "integers are stored and no config says how"
        )
        notes.append(f"{said}: bytes are exact, parameters are counted as stored and may be packed")


def _with_storage(
    found: Understood, stored: Sequence[Stored], config: Config | None, quantization: Mapping[str, Any]
) -> Understood:
    """The format: one dtype for all matrices, a known recipe, or what this checkpoint alone has."""
    is_fp4 = "fp4" in f"{base_format(config, quantization) if config else ''}"
    found.storage = understood.storage_of(stored, "fp4" if is_fp4 else "")
    found.format_id = understood.plain_format(stored)
    found.is_exact_recipe = found.format_id is not None
    found.format_name = str(first(quantization, "quant_algo", "format", "quant_method", default="") or "")
    if found.format_id is None and config is not None and quantization:
        found.format_id = base_format(config, quantization)
        # gpt-oss: engines pad its experts, which rules of the format know and sizes of the file do not.
        found.is_exact_recipe = found.format_id == "mxfp4"
    return found


def base_format(config: Config, quantization: Mapping[str, Any]) -> str | None:
    """The catalog's format that is nearest: which engines load the checkpoint follows from it."""
    method, form = str(quantization.get("quant_method")), str(quantization.get("format"))
    if method in ("awq", "gptq"):
        return f"{method}-int4-g128"  # other widths and groups are loaded by the same engines
    named = derive.weight_format(config, [])
    if named:
        return named
    if method in ("bitsandbytes", "bnb"):
        return "bnb-int8" if quantization.get("load_in_8bit") else "bnb-nf4"
    by_format = {
        "pack-quantized": "w4a16-g128", "int-quantized": "int8-w8a8", "float-quantized": "fp8-dynamic",
        "naive-quantized": "fp8-dynamic", "nvfp4-pack-quantized": "nvfp4", "mixed-precision": "nvfp4",
    }  # fmt: skip
    if method in ("compressed-tensors", "compressed_tensors"):
        return by_format.get(form)
    return by_format.get(method)


def _quantization(config: Config) -> Mapping[str, Any]:
    found = first(config, "quantization_config", "compression_config") or first(
        text_config(config), "quantization_config"
    )
    return found if isinstance(found, Mapping) else {}


# ---------------------------------------------------------------- parts


def _derived(config: Config, origin: Origin) -> Tensors:
    """Tensors by the library where it is there and knows the model, else in closed form."""
    has_library = bool(find_spec("torch") and find_spec("transformers"))
    try:
        if has_library or written_out.knows(config):
            return tensor_groups(config)
    except WRONG as error:
        if not decoders.knows(config):
            raise UsageError(f"{origin.locator}: {_reason(error)}; {_advice(has_library)}") from error
    try:
        return decoders.tensor_groups(config)
    except WRONG as error:
        raise UsageError(f"{origin.locator}: {_reason(error)}; {_advice(has_library)}") from error


def _advice(has_library: bool) -> str:
    headers = "name the checkpoint's folder or a GGUF file, whose headers tell every tensor"
    return headers if has_library else f"pip install 'mlsysdb[derive]' knows more architectures; or {headers}"


def _reason(error: BaseException) -> str:
    """The first line of an error, in bounds."""
    lines = str(error).strip().splitlines() or [""]
    kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
    return f"{kind}{lines[0]:.300}"


def layer_groups(config: Config, notes: list[str], known: Collection[str]) -> list[Row]:
    """What the layers cache; nothing where no rule was read for the architecture."""
    classes = first(config, "architectures", default=[]) or []
    if not (families.is_known(config) or any(name in known for name in classes)):
        kind = text_config(config).get("model_type") or ", ".join(classes)
        notes.append(f"architecture {kind!r:.80} is not known: what its layers cache is not guessed")
        return []
    try:
        groups = layers.layer_groups(config)
    except WRONG as error:
        notes.append(f"what its layers cache cannot be told: {_reason(error)}")
        return []
    bad = next(
        (g for g in groups for k, v in g.items() if (isinstance(v, int) and v < 0) or (k == "key_dim" and v == 0)), None
    )
    if bad is not None:
        notes.append("what its layers cache cannot be told: a size in the config is zero or negative")
        return []
    return groups


def model_row(config: Config, groups: Sequence[Row], notes: list[str], origin: Origin) -> Row:
    """The columns of `model` that the config tells. Raises UsageError where one that must be there is not."""
    try:
        row = derive.model_row(config, groups, notes)
    except WRONG as error:
        raise UsageError(f"{origin.locator}: {_reason(error)}") from error
    for column in ("layers", "hidden_size", "vocab_size"):
        if not row[column] or row[column] < 1:
            raise UsageError(f"{origin.locator}: {column} is {row[column]!r:.40}: no model without it")
    for column in (
        "intermediate_size",
        "heads",
        "kv_heads",
        "head_dim",
        "context_tokens",
        "experts",
        "experts_per_token",
    ):
        if row[column] is not None and (not isinstance(row[column], int) or row[column] < 1):
            row[column] = None
    return row


def _layers_of(text: Config) -> int | None:
    try:
        return layers.layer_count(text)
    except WRONG:
        return None


def _is_tied(stored: Sequence[Stored], text: Config) -> bool:
    has_head = any(each.tensor.place and each.tensor.place[0] == "lm_head" for each in stored)
    return not has_head and not layers.is_encoder(text)


def _without_tied_head(stored: list[Stored], text: Config) -> list[Stored]:
    """Some checkpoints carry a copy of the embedding as their head; engines drop it where the config ties them."""
    if text.get("tie_word_embeddings") is not True:
        return stored
    return [each for each in stored if not each.tensor.place or each.tensor.place[0] != "lm_head"]


def _headers_row(stored: Sequence[Stored], origin: Origin) -> Row:
    """The columns of `model` that tensors alone tell. Raises UsageError when there is no embedding among them."""
    tables = [each.tensor for each in stored if each.tensor.place == ("embedding", "weight")]
    numbers = [int(n) for each in stored for n in re.findall(r"(?:layers|blk|h|blocks)\.(\d+)\.", each.tensor.name)]
    if not tables or not numbers:
        raise UsageError(f"{origin.locator}: no config.json, and no embedding or no layers among the tensors: no model")
    table = max(tables, key=lambda tensor: tensor.out_features)
    empty = ("intermediate_size", "heads", "kv_heads", "head_dim", "context_tokens", "experts", "experts_per_token")
    return {
        "architecture": "unknown", "layers": max(numbers) + 1, "hidden_size": table.in_features,
        "vocab_size": table.out_features, "torch_dtype": None, "is_encoder": False, **dict.fromkeys(empty),
    }  # fmt: skip


def _compare(config: Config, tensors: Tensors, notes: list[str]) -> None:
    """Say when the headers hold other parameters than the config alone would give; the headers are what counts."""
    if not decoders.knows(config):
        return
    try:
        expected = decoders.tensor_groups(config).groups
    except WRONG:
        return
    ours, theirs = (sum(prod((g["param_count"],)) for g in groups) for groups in (tensors.groups, expected))
    if ours != theirs:
        notes.append(f"the headers hold {ours:,} parameters, the config alone would give {theirs:,}; the headers count")
