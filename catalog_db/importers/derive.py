"""config.json -> rows of model.csv, layer_group.csv and tensor_group.csv.

    python -m catalog_db.importers.derive --manifest M.csv --configs DIR --out DIR

reads DIR/<model_id>.json for each row of the manifest (or, with --clones DIR --sources source.csv, the file
at the row's locator in the clone `owner+name` of its source, at the source's revision), and writes the
three tables, sorted and the same on every run. A row that fails is named on stderr with its reason and left
out; exit code 1 then.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from catalog_db.importers import kin, layers
from catalog_db.importers.layers import Config, first, text_config
from catalog_db.importers.tensors import tensor_groups

Row = dict[str, Any]

MODEL_COLUMNS = (
    "model_id", "hf_id", "name", "organization_id", "family", "architecture", "layers", "hidden_size",
    "intermediate_size", "heads", "kv_heads", "head_dim", "vocab_size", "context_tokens", "experts",
    "experts_per_token", "torch_dtype", "native_weight_format_id", "is_tied", "is_encoder",
    "source_id", "locator", "tier",
)  # fmt: skip
LAYER_COLUMNS = (
    "model_id", "ordinal", "kind", "layers", "kv_heads", "key_dim", "value_dim", "window_tokens",
    "latent_dim", "rope_dim", "index_dim", "conv_state_values", "recurrent_state_values",
    "recurrent_state_bits", "compression_ratio", "shares_with", "source_id", "locator", "tier",
)  # fmt: skip
TENSOR_COLUMNS = (
    "model_id", "ordinal", "role", "part", "out_features", "in_features", "tensors", "layers",
    "param_count", "source_id", "locator", "tier",
)  # fmt: skip
PLAIN_FORMATS = {"bfloat16": "bf16", "float16": "fp16", "float32": "fp32"}
NAMED = ("model_id", "hf_id", "name", "organization_id", "family")
SOURCED = ("source_id", "locator", "tier")


@dataclass
class Derived:
    """What one config says: rows without model_id and source."""

    model: Row
    layer_groups: list[Row]
    tensor_groups: list[Row]
    notes: list[str] = field(default_factory=list)


# ---------------------------------------------------------------- one config


def derive(config: Config) -> Derived:
    """The rows of one model. Raises LayerError or TensorError with the reason when they cannot be told."""
    config = kin.translated(config)
    groups = layers.layer_groups(config)
    tensors = tensor_groups(config)
    notes = list(tensors.notes)
    model = model_row(config, groups, notes) | {"is_tied": tensors.is_tied}
    if sum(group["layers"] for group in groups) != model["layers"]:
        notes.append("some layers keep two caches: the groups' layers add up to more than the model's")
    return Derived(model, groups, tensors.groups, notes)


def model_row(config: Config, groups: Sequence[Row], notes: list[str]) -> Row:
    """The columns of model.csv that the config answers."""
    text = text_config(config)
    return {
        "architecture": first(config, "architectures", default=[None])[0],
        "layers": layers.layer_count(text),
        "hidden_size": layers.hidden_size(text),
        "intermediate_size": intermediate_size(text),
        "vocab_size": first(text, "vocab_size"),
        "context_tokens": context_tokens(text),
        "torch_dtype": dtype(config),
        "native_weight_format_id": weight_format(config, notes),
        "is_encoder": layers.is_encoder(text),
        **head_columns(text, groups),
        **expert_columns(text),
    }


def head_columns(text: Config, groups: Sequence[Row]) -> Row:
    """Heads, kv heads and head size; kv_heads is empty for MLA, without attention, or when it differs."""
    kept = [group["kv_heads"] for group in groups if group["kv_heads"]]
    if not kept and not any(group["kind"] in ("mla", "none") for group in groups):
        return {"heads": None, "kv_heads": None, "head_dim": None}
    is_latent = any(group["kind"] == "mla" for group in groups)
    kv_heads = None if is_latent else layers.kv_head_count(text)
    if text.get("block_configs"):
        kv_heads = kept[0] if len(set(kept)) == 1 else None
    return {"heads": layers.head_count(text), "kv_heads": kv_heads, "head_dim": query_head_dim(text)}


def query_head_dim(text: Config) -> int:
    """The size of a query head; MLA's is its plain and its rotary part together (modeling_deepseek_v3.py)."""
    if first(text, "kv_lora_rank"):
        return layers.number(text, "qk_nope_head_dim") + layers.number(text, "qk_rope_head_dim")
    return layers.head_dim(text)


def expert_columns(text: Config) -> Row:
    """Routed experts of a layer, and how many a token uses; a config with one or none has neither."""
    nested = text.get("ffn_config") if isinstance(text.get("ffn_config"), Mapping) else {}
    keys = ("n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts")
    experts = first(text, *keys) or first(nested or {}, *keys)
    if not experts or int(experts) < 2:
        return {"experts": None, "experts_per_token": None}
    used = ("num_experts_per_tok", "num_experts_per_token", "top_k_experts", "moe_topk", "moe_top_k", "moe_k")
    return {"experts": experts, "experts_per_token": first(text, *used) or first(nested or {}, *used)}


def intermediate_size(text: Config) -> int | None:
    """Width of the dense MLP as the config has it; GPT-2's empty n_inner means 4 x hidden
    (modeling_gpt2.py).
    """
    value = first(text, "intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "ffn_hidden_dim")
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = value[0] if len(set(value)) == 1 else None
    if value is None and text.get("model_type") in ("gpt2", "gpt_bigcode", "gptj", "falcon"):
        return 4 * layers.hidden_size(text)
    return None if value is None else int(value)


def context_tokens(text: Config) -> int | None:
    """Tokens of context, rotary scaling included.

    YaRN with an original length is original x factor (vLLM `_get_and_verify_max_len`): the printed maximum
    may be either side of it. Other scalings are already in max_position_embeddings. RoBERTa's table has two
    rows to spare.
    """
    own = first(text, "max_position_embeddings", "n_positions", "n_ctx", "max_sequence_length", "max_seq_len")
    scaling = first(text, "rope_scaling", "rope_parameters", default={})
    original = scaling.get("original_max_position_embeddings") if isinstance(scaling, Mapping) else None
    if original and "yarn" in (scaling.get("type"), scaling.get("rope_type")):
        return int(original * scaling["factor"])
    if own and text.get("model_type") in ("roberta", "xlm-roberta", "camembert"):
        return int(own) - 2
    return int(own) if own else None


def dtype(config: Config) -> str | None:
    """The dtype that the config names, at the top or in the text part."""
    named = first(config, "torch_dtype", "dtype") or first(text_config(config), "torch_dtype", "dtype")
    return str(named).removeprefix("torch.") if named else None


def weight_format(config: Config, notes: list[str]) -> str | None:
    """The format the checkpoint is published in: quantization_config where there is one, else the dtype."""
    quantization = first(config, "quantization_config") or first(text_config(config), "quantization_config")
    if not quantization:
        return PLAIN_FORMATS.get(dtype(config) or "")
    expert_dtype = first(text_config(config), "expert_dtype")
    found = quantized_format(quantization)
    if expert_dtype:  # DeepSeek V4: vLLM, models/deepseek_v4/quant_config.py
        found = "fp8-mxfp4" if (expert_dtype, found) == ("fp4", "fp8-block-128") else None
    if found is None:
        method = first(quantization, "quant_algo", "format", "quant_method")
        notes.append(f"no single weight format stands for this quantization_config ({method})")
    return found


def quantized_format(quantization: Mapping[str, Any]) -> str | None:
    """weight_format_id of a quantization_config, where one format says it all."""
    method, algorithm = quantization.get("quant_method"), quantization.get("quant_algo")
    if method == "fp8":
        return "fp8-block-128" if quantization.get("weight_block_size") == [128, 128] else "fp8"
    if method in ("awq", "gptq"):
        bits, size = first(quantization, "bits", "w_bit"), first(quantization, "group_size", "q_group_size")
        return f"{method}-int{bits}-g{size}"
    if method == "mxfp4":
        return "mxfp4"
    return {"NVFP4": "nvfp4", "FP8": "fp8"}.get(str(algorithm))


# ---------------------------------------------------------------- a manifest


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A CSV file in the project's shape: comma, newline, empty for unknown."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([cell(row.get(column)) for column in columns] for row in rows)


def cell(value: Any) -> str:
    """A value as printed in CSV."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def config_text(row: Mapping[str, str], options: argparse.Namespace, sources: Mapping[str, Mapping[str, str]]) -> str:
    """The config.json of a manifest row: a file, or the blob in its source's clone."""
    if options.clones is None:
        return Path(options.configs, f"{row['model_id']}.json").read_text(encoding="utf-8")
    source = sources[row["source_id"]]
    found = re.match(r"https://github\.com/([^/]+)/([^/]+)", source["url"])
    if found is None:
        raise ValueError(f"source {row['source_id']} is no GitHub repository: {source['url']}")
    clone = Path(options.clones, "+".join(found.groups()))
    path = clone if not (clone / "repo").is_dir() else clone / "repo"
    command = ["git", "-C", str(path), "show", f"{source['revision']}:{row['locator']}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def drop_unsaid_format(row: Mapping[str, str], derived: Derived) -> None:
    """A checkpoint named FP8 or NVFP4 whose config.json says nothing of it: its dtype is not its format.

    Model Optimizer keeps that in hf_quant_config.json beside it.
    """
    named = re.search(r"(fp8|nvfp4|mxfp4|int4|awq|gptq)", row["hf_id"].rsplit("/", 1)[-1], re.IGNORECASE)
    if named and derived.model["native_weight_format_id"] in PLAIN_FORMATS.values():
        derived.model["native_weight_format_id"] = None
        derived.notes.append(f"the name says {named.group(1)} and the config has no quantization_config")


def add(row: Mapping[str, str], derived: Derived, tables: dict[str, list[Row]]) -> None:
    """Derived rows under their model and source."""
    drop_unsaid_format(row, derived)
    source = {key: row[key] for key in SOURCED}
    tables["model"].append({**{key: row[key] for key in NAMED}, **derived.model, **source})
    own = {"model_id": row["model_id"], **source}
    tables["layer_group"].extend({**group, **own} for group in derived.layer_groups)
    tables["tensor_group"].extend({**group, **own} for group in derived.tensor_groups)


def derive_all(options: argparse.Namespace) -> tuple[dict[str, list[Row]], list[str]]:
    """All tables, and the failures by name."""
    sources = {row["source_id"]: row for row in read_rows(Path(options.sources))} if options.sources else {}
    tables: dict[str, list[Row]] = {"model": [], "layer_group": [], "tensor_group": []}
    failures = []
    for row in sorted(read_rows(Path(options.manifest)), key=lambda row: row["model_id"]):
        try:
            derived = derive(json.loads(config_text(row, options, sources)))
        except Exception as error:  # whatever is wrong with one config, the others are still derived
            failures.append(f"{row['model_id']}: {type(error).__name__}: {error}")
            continue
        add(row, derived, tables)
        print(f"{row['model_id']}: {'; '.join(derived.notes)}", file=sys.stderr)
    return tables, failures


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="config.json files to model, layer_group and tensor_group rows")
    parser.add_argument("--manifest", required=True)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--configs", help="folder of <model_id>.json")
    where.add_argument("--clones", help="folder of git clones named owner+name; needs --sources")
    parser.add_argument("--sources", help="source.csv, for the url and revision of each source")
    parser.add_argument("--out", required=True)
    options = parser.parse_args(arguments)
    if options.clones and not options.sources:
        parser.error("--clones needs --sources")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the three tables; 1 when a row failed."""
    options = parse(arguments)
    tables, failures = derive_all(options)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    columns = {"model": MODEL_COLUMNS, "layer_group": LAYER_COLUMNS, "tensor_group": TENSOR_COLUMNS}
    for name, rows in tables.items():
        write_rows(out / f"{name}.csv", columns[name], rows)
    for failure in failures:
        print(f"left out: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
