"""A config.json that somebody else wrote: read, and refused where its numbers cannot be a model's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from catalog_db.errors import UsageError
from catalog_db.importers import reading
from catalog_db.importers.layers import Config, text_config

# Keys that count things, by the words in their names, and the most that is believed. Models of today stay an order of
# magnitude below; beyond it, building the modules alone would take the machine's memory.
MOST = (
    (re.compile(r"(^|_)(layers?|depths?|blocks|stages)$|^(n_layer|encoder_layers|decoder_layers)$"), 1024),
    (re.compile(r"experts?$|experts_per|heads?(_kv)?$|^n_head|kv_heads|groups?$|labels$|_per_tok"), 16_384),
    (
        re.compile(r"vocab_size$|_positions$|_embeddings$|position_embeddings|seq(uence)?_len|^n_ctx$|n_positions"),
        2**31,
    ),
    (re.compile(r"_size$|_dim$|_rank$|^d_|^n_embd$|^n_inner$|_channels$|_width$|_window$|_features$"), 2**24),
)
NOT_SIZES = re.compile(r"token|_id$|_ids$|freq|theta|factor|eps|scale|norm|prob|dropout|rope_dim|linear|types?$")
# What a model cannot be without, or without a whole positive number for where it is named.
CORE = (
    "hidden_size", "n_embd", "d_model", "num_hidden_layers", "n_layer", "num_attention_heads", "n_head", "vocab_size",
    "intermediate_size", "num_key_value_heads", "head_dim", "max_position_embeddings", "moe_intermediate_size",
    "num_local_experts", "n_routed_experts", "num_experts", "kv_lora_rank", "qk_rope_head_dim", "qk_nope_head_dim",
    "v_head_dim",
)  # fmt: skip
MOST_MODULES = 262_144
LARGEST = 2**53


def parse(content: bytes, where: str) -> dict[str, Any]:
    """The config in these bytes. Raises UsageError naming the key that is wrong."""
    config = reading.json_object(content, where)
    if not any(isinstance(config.get(key), str | list) for key in ("model_type", "architectures")):
        raise UsageError(f"{where} names neither model_type nor architectures: it is no config.json of a model")
    _check_names(config, where)
    for path, key, value in _leaves(config):
        _check(path, key, value, where)
    for part in (config, text_config(config)):
        _check_core(part, where)
    _check_modules(config, where)
    return config


def _check_core(part: Config, where: str) -> None:
    """The sizes that rows are made of: a whole number above zero, or nothing; lists are one for each layer."""
    for key in CORE:
        value = part.get(key)
        if value is None or isinstance(value, list):
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or value < (0 if "expert" in key else 1):
            raise UsageError(f"{where}: {key} is {_short(value)}, not a whole number above zero")


def _check_names(config: dict[str, Any], where: str) -> None:
    kind, classes = config.get("model_type", ""), config.get("architectures") or []
    if (
        not isinstance(kind, str | None)
        or not isinstance(classes, list)
        or not all(isinstance(c, str) for c in classes)
    ):
        raise UsageError(f"{where}: model_type must be a text and architectures a list of texts")
    for name in (kind or "", *classes):
        if not re.fullmatch(r"[\w.\-]{0,80}", name):
            raise UsageError(f"{where}: {name!r:.100} is no name of an architecture")


def _leaves(value: Any, path: str = "", key: str = "") -> Iterator[tuple[str, str, Any]]:
    """Path, nearest key and value of everything that is no container."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, f"{path}.{name}".lstrip("."), name)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}[{index}]", key)
    else:
        yield path, key, value


def _check(path: str, key: str, value: Any, where: str) -> None:
    if isinstance(value, int) and abs(value) > LARGEST:
        raise UsageError(f"{where}: {path:.120} is {_short(value)}, which is no size of a model")
    most = next((most for pattern, most in MOST if pattern.search(key)), None)
    if most is None or NOT_SIZES.search(key) or value is None or isinstance(value, bool):
        return
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return  # "auto", and words that happen to end like a size
    if not isinstance(value, int):
        if isinstance(value, float) and value.is_integer() and 0 <= value <= most:
            return
        raise UsageError(f"{where}: {path:.120} is {_short(value)}, not a whole number")
    if not -1 <= value <= most:
        raise UsageError(f"{where}: {path:.120} is {_short(value)}; believable is 0 to {most:,}")


def _check_modules(config: dict[str, Any], where: str) -> None:
    """Layers times experts: a library builds a module for each."""
    numbers = [(key, value) for _, key, value in _leaves(config) if type(value) is int]
    layers = max((value for key, value in numbers if MOST[0][0].search(key)), default=1)
    experts = max((value for key, value in numbers if re.search(r"experts$", key)), default=1)
    if layers * experts > MOST_MODULES:
        raise UsageError(f"{where}: {layers:,} layers of {experts:,} experts are more than {MOST_MODULES:,} modules")


def _short(value: Any) -> str:
    if isinstance(value, int) and abs(value) > LARGEST:
        return "a number of more than 16 digits"
    return f"{value!r:.60}"


def with_quantization(config: Config, content: bytes | None, where: str) -> dict[str, Any]:
    """The config with what Model Optimizer says of its weights in a file beside it (hf_quant_config.json)."""
    if content is None or config.get("quantization_config"):
        return dict(config)
    said = reading.json_object(content, where).get("quantization")
    algorithm = said.get("quant_algo") if isinstance(said, dict) else None
    if not isinstance(algorithm, str):
        return dict(config)
    return {**config, "quantization_config": {"quant_method": "modelopt", "quant_algo": algorithm[:40]}}
