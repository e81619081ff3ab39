"""GGUF metadata and tensors -> what is understood of the model. Names: llama.cpp, gguf-py/gguf/constants.py."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from catalog_db.errors import UsageError
from catalog_db.importers import describe, gguf_file, reading, understood
from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.gguf_file import Entry, Head, Length
from catalog_db.importers.layers import first
from catalog_db.importers.stored import Stored
from catalog_db.importers.tensors import group
from catalog_db.importers.understood import Origin, Understood

# general.architecture -> model_type and class of transformers, for the families whose cache is told by plain keys.
FAMILIES = {
    "llama": ("llama", "LlamaForCausalLM"), "qwen2": ("qwen2", "Qwen2ForCausalLM"),
    "qwen3": ("qwen3", "Qwen3ForCausalLM"), "qwen2moe": ("qwen2_moe", "Qwen2MoeForCausalLM"),
    "qwen3moe": ("qwen3_moe", "Qwen3MoeForCausalLM"), "qwen2vl": ("qwen2", "Qwen2ForCausalLM"),
    "qwen3vl": ("qwen3", "Qwen3ForCausalLM"), "gemma": ("gemma", "GemmaForCausalLM"),
    "gemma2": ("gemma2", "Gemma2ForCausalLM"), "gemma3": ("gemma3_text", "Gemma3ForCausalLM"),
    "phi2": ("phi", "PhiForCausalLM"), "phi3": ("phi3", "Phi3ForCausalLM"),
    "starcoder2": ("starcoder2", "Starcoder2ForCausalLM"), "stablelm": ("stablelm", "StableLmForCausalLM"),
    "command-r": ("cohere", "CohereForCausalLM"), "cohere2": ("cohere2", "Cohere2ForCausalLM"),
    "olmo": ("olmo", "OlmoForCausalLM"), "olmo2": ("olmo2", "Olmo2ForCausalLM"),
    "olmoe": ("olmoe", "OlmoeForCausalLM"), "granite": ("granite", "GraniteForCausalLM"),
    "granitemoe": ("granitemoe", "GraniteMoeForCausalLM"), "gpt2": ("gpt2", "GPT2LMHeadModel"),
    "gpt-oss": ("gpt_oss", "GptOssForCausalLM"), "bloom": ("bloom", "BloomForCausalLM"),
    "glm4": ("glm4", "Glm4ForCausalLM"), "glm4moe": ("glm4_moe", "Glm4MoeForCausalLM"),
    "deepseek2": ("deepseek_v3", "DeepseekV3ForCausalLM"), "smollm3": ("smollm3", "SmolLM3ForCausalLM"),
    "seed_oss": ("seed_oss", "SeedOssForCausalLM"), "exaone": ("exaone", "ExaoneForCausalLM"),
    "internlm2": ("internlm2", "InternLM2ForCausalLM"), "dbrx": ("dbrx", "DbrxForCausalLM"),
    "nemotron": ("nemotron", "NemotronForCausalLM"), "minimax-m2": ("minimax_m2", "MiniMaxM2ForCausalLM"),
    "ernie4_5": ("ernie4_5", "Ernie4_5ForCausalLM"),
    "hunyuan-dense": ("hunyuan_v1_dense", "HunYuanDenseV1ForCausalLM"),
}  # fmt: skip
# Families whose window is kept, in a pattern that `layers` knows; and those for which llama.cpp reads none, or sets it
# aside (src/llama-model.cpp load_hparams).
WINDOWED = ("gemma2", "gemma3_text", "gpt_oss", "cohere2")
UNREAD = ("llama", "qwen2", "qwen3", "qwen2_moe", "qwen3_moe", "phi3", "starcoder2")
KEYS = {
    "num_hidden_layers": "block_count", "hidden_size": "embedding_length",
    "intermediate_size": "feed_forward_length", "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv", "head_dim": "attention.key_length",
    "v_head_dim": "attention.value_length", "max_position_embeddings": "context_length",
    "num_local_experts": "expert_count", "num_experts_per_tok": "expert_used_count",
    "kv_lora_rank": "attention.kv_lora_rank", "qk_rope_head_dim": "rope.dimension_count",
    "vocab_size": "vocab_size", "sliding_window": "attention.sliding_window",
}  # fmt: skip

ATTENTION = {
    "attn_q": "q", "attn_k": "k", "attn_v": "v", "attn_output": "o", "attn_qkv": "qkv", "attn_q_a": "q_a",
    "attn_q_b": "q_b", "attn_kv_a_mqa": "kv_a", "attn_kv_b": "kv_b", "attn_k_b": "kv_b", "attn_v_b": "kv_b",
    "attn_sinks": "sink",
}  # fmt: skip
SPLIT = re.compile(r"(.*)-(\d{5})-of-(\d{5})\.gguf$")
MOST_SPLITS = 1_000


def read(path: Path, known: Collection[str] = ()) -> Understood:
    """The model of a GGUF file and its further parts."""
    paths = splits(path)
    heads = [_read_file(each) for each in paths]
    digest = reading.sha256(b"".join(_head_bytes(each, head.end) for each, head in zip(paths, heads, strict=True)))
    many = f"{path.name} and {len(paths) - 1} more parts" if len(paths) > 1 else path.name
    title = f"Own file {reading.shown(path.name)}"
    origin = Origin(title, "the user of this catalog", f"header {digest}", reading.shown(many), "B-")
    return from_heads(heads, origin, known)


def splits(path: Path) -> list[Path]:
    """All parts of a split file. Raises UsageError when one is missing."""
    match = SPLIT.match(path.name)
    if match is None:
        return [path]
    count = int(match[3])
    if not 0 < count <= MOST_SPLITS:
        raise UsageError(f"{reading.shown(path)}: {count:,} parts")
    found = [path.with_name(f"{match[1]}-{index:05d}-of-{match[3]}.gguf") for index in range(1, count + 1)]
    missing = [each for each in found if not each.exists()]
    if missing:
        raise UsageError(f"{reading.shown(path)}: {len(missing)} of {count} parts missing, {missing[0].name} first")
    return found


def _read_file(path: Path) -> Head:
    where = reading.shown(reading.regular(path, "GGUF file"))
    try:
        with path.open("rb") as handle:
            return gguf_file.read(handle, path.stat().st_size, where)
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror or error}") from error


def _head_bytes(path: Path, end: int) -> bytes:
    with path.open("rb") as handle:
        return handle.read(end)


def read_stream(stream: BinaryIO, size: int, origin: Origin, known: Collection[str] = ()) -> Understood:
    """The model of one GGUF file that is read from elsewhere."""
    return from_heads([gguf_file.read(stream, size, origin.locator)], origin, known)


def from_heads(heads: Sequence[Head], origin: Origin, known: Collection[str] = ()) -> Understood:
    """What the parts of a GGUF file tell together."""
    fields = heads[0].fields
    entries = [entry for head in heads for entry in head.entries]
    name = fields.get("general.architecture")
    if not isinstance(name, str) or not entries:
        raise UsageError(f"{origin.locator}: no general.architecture or no tensors: no GGUF file of a model")
    config, notes = _config(name, fields, entries, origin)
    stored = [_stored(entry, config["num_hidden_layers"]) for entry in entries]
    groups = describe.layer_groups(config, notes, known) if _is_told(name, config, notes) else []
    model = describe.model_row(config, groups, notes, origin)
    is_tied = not any(entry.name == "output.weight" for entry in entries)
    model |= {"is_tied": is_tied, "torch_dtype": None, "architecture": config["architectures"][0]}
    tensors = group(each.tensor for each in stored)
    found = Understood(model, groups, tensors, origin, storage=understood.storage_of(stored, "gguf"), notes=notes)
    found.format_id, found.format_name = _format(fields)
    return found


def _config(
    name: str, fields: dict[str, Any], entries: Sequence[Entry], origin: Origin
) -> tuple[dict[str, Any], list[str]]:
    """The metadata under the names of a config.json."""
    model_type, kind = FAMILIES.get(name, (name, name))
    config: dict[str, Any] = {"model_type": model_type, "architectures": [kind]}
    notes: list[str] = []
    for key, field in KEYS.items():
        config[key] = _number(fields.get(f"{name}.{field}"), f"{origin.locator}: {name}.{field}", notes)
    extra = _number(fields.get(f"{name}.nextn_predict_layers"), f"{origin.locator}: {name}.nextn_predict_layers", notes)
    config["num_hidden_layers"] = (config["num_hidden_layers"] or 0) - (extra or 0)
    if not 0 < config["num_hidden_layers"] <= 1_024:
        raise UsageError(f"{origin.locator}: {config['num_hidden_layers']:,} layers ({name}.block_count)")
    config["vocab_size"] = config["vocab_size"] or _vocabulary(fields, entries)
    if config["v_head_dim"] is None:
        config["v_head_dim"] = config["head_dim"]
    if model_type in UNREAD:
        config["sliding_window"] = None
    if not config["kv_lora_rank"]:
        config["qk_rope_head_dim"] = None
    elif fields.get(f"{name}.attention.key_length_mla"):
        config["qk_nope_head_dim"] = int(fields[f"{name}.attention.key_length_mla"]) - int(
            config["qk_rope_head_dim"] or 0
        )
    return {key: value for key, value in config.items() if value is not None}, notes


def _number(value: Any, where: str, notes: list[str]) -> int | None:
    """A size; one for each layer counts when they are all the same."""
    if isinstance(value, list) and value:
        if len(set(value)) > 1:
            notes.append(f"{where.rsplit(': ')[-1]} differs from layer to layer")
            return None
        value = value[0]
    if value is None or isinstance(value, Length | str | list):
        return None
    if isinstance(value, bool) or not 0 <= value < 2**40 or int(value) != value:
        raise UsageError(f"{where} is {value!r:.60}, which is no size of a model")
    return int(value) or None


def _vocabulary(fields: dict[str, Any], entries: Sequence[Entry]) -> int | None:
    table = next((entry for entry in entries if entry.name == "token_embd.weight" and len(entry.shape) == 2), None)
    tokens = fields.get("tokenizer.ggml.tokens")
    return table.shape[0] if table else tokens.items if isinstance(tokens, Length) else None


def _is_told(name: str, config: dict[str, Any], notes: list[str]) -> bool:
    """Whether these fields say what the layers cache."""
    if name not in FAMILIES:
        notes.append(f"architecture {name!r:.80} is not known: what its layers cache is not guessed")
        return False
    if config.get("sliding_window") and config["model_type"] not in WINDOWED:
        notes.append(f"which layers of {name!r:.80} have the window is not known: what its layers cache is not guessed")
        return False
    if config.get("kv_lora_rank") and "qk_nope_head_dim" not in config:
        notes.append("latent attention in a file of before llama.cpp had it: what its layers cache is not guessed")
        return False
    missing = [key for key in ("num_attention_heads", "num_key_value_heads") if key not in config]
    if missing and not config.get("kv_lora_rank"):
        notes.append(f"{' and '.join(missing)} not told as one number: what its layers cache is not guessed")
        return False
    return True


def _format(fields: dict[str, Any]) -> tuple[str | None, str]:
    """The recipe that the file names, as the catalog calls it, and its name."""
    from gguf.constants import LlamaFileType

    try:
        named = LlamaFileType(first(fields, "general.file_type")).name.removeprefix("MOSTLY_").removeprefix("ALL_")
    except (ValueError, TypeError):
        return "gguf-f16", "GGUF, types mixed"
    known = {"F16": "gguf-f16", "BF16": "gguf-bf16", "F32": "gguf-f32", "GUESSED": "gguf-f16"}
    return known.get(named, named.lower()), f"GGUF {named}"


# ---------------------------------------------------------------- tensors


def _stored(entry: Entry, layers: int) -> Stored:
    """A tensor with its place; experts are one matrix each."""
    place, shape = _place(entry.name, layers), entry.shape
    if len(shape) == 3 and "_exps" in entry.name:
        return Stored(Tensor(entry.name, shape[1], shape[2], shape[0], place), entry.bytes, entry.type)
    if len(shape) == 2 and "_exps.bias" in entry.name:
        return Stored(Tensor(entry.name, shape[1], 1, shape[0], place), entry.bytes, entry.type)
    values = 1
    for size in shape:
        values *= size
    out, inside = (values, 1) if len(shape) == 1 or values == max(shape) else (values // shape[-1], shape[-1])
    return Stored(Tensor(entry.name, out, inside, 1, place), entry.bytes, entry.type)


def _place(name: str, layers: int) -> tuple[str, str]:
    role, part = _role(name)
    block = re.match(r"blk\.(\d+)\.", name)
    if ".nextn." in name or (block and int(block[1]) >= layers):
        return "mtp", f"{role}_{part}" if role in ("attention", "mlp", "expert", "shared_expert", "router") else role
    return role, part


def _role(name: str) -> tuple[str, str]:
    """Role and part of llama.cpp's names."""
    if re.match(r"(v|mm)\.", name):
        return "vision", "other"
    if name.startswith("a."):
        return "audio", "other"
    leaf = re.sub(r"^blk\.\d+\.", "", name)
    stem, _, end = leaf.rpartition(".")
    bias = end == "bias"
    if "norm" in stem:
        return "norm", end
    if re.fullmatch(r"(token_embd|position_embd|token_types|per_layer_token_embd)", stem):
        parts = {"position_embd": "position", "token_types": "token_type", "per_layer_token_embd": "per_layer"}
        return "embedding", parts.get(stem, "weight")
    if stem == "output":
        return "lm_head", end
    return _block_role(stem, bias)


def _block_role(stem: str, bias: bool) -> tuple[str, str]:
    if stem in ATTENTION:
        return "attention", "bias" if bias else ATTENTION[stem]
    if "indexer" in stem:
        return "attention", "indexer"
    if stem.startswith(("ffn_gate_inp", "exp_probs_b")):
        return "router", "shared_gate" if "shexp" in stem else "bias" if bias or "probs" in stem else "weight"
    match = re.fullmatch(r"ffn_(gate|up|down|gate_up)(_exps|_shexp|_chexps)?", stem)
    if match:
        role = {"_exps": "expert", "_shexp": "shared_expert"}.get(match[2] or "", "mlp")
        return role, "bias" if bias else match[1]
    ssm = re.fullmatch(r"ssm_(in|out|conv1d|a|d|dt|x)", stem)
    if ssm:
        return "mixer", "bias" if bias else {"conv1d": "conv"}.get(ssm[1], ssm[1])
    return "other", stem or "weight"
