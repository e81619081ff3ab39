"""Tensor groups of a model: its exact parameters by role, part and shape, without any weights.

The config is instantiated by the transformers library on torch's meta device (shapes only), and the named
tensors are grouped. What a checkpoint carries and transformers does not build is added from `closed_form`:
MTP layers, and models that transformers does not know. Counts are parameters: scales of block formats and
integer tables are not.

A fused 3-D parameter of experts (experts, out, in) counts as `experts` matrices a layer. Vectors have
in_features 1. torch and transformers are imported inside functions: only this module and `closed_form` need
them.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

from catalog_db.importers import closed_form, kin, written_out
from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.flat import nested
from catalog_db.importers.layers import TEXT_KEYS, Config, text_config

# Architectures that are another's, with MTP layers added: MiMo-7B is Qwen2 (vLLM models/mimo.py).
SAME_AS = {"MiMoForCausalLM": "Qwen2ForCausalLM"}

# Tables of token ids that a checkpoint stores beside its parameters (DeepSeek-V4's hash routing).
NOT_PARAMETERS = ("tid2eid",)

# Buffers that a checkpoint carries like parameters; the other buffers are computed.
KEPT_BUFFERS = ("e_score_correction_bias", "layer_scalar", "std_bias", "std_scale")

# Tried in this order when `architectures` names no class of transformers.
AUTO_CLASSES = (
    "AutoModelForCausalLM",
    "AutoModelForMultimodalLM",
    "AutoModelForImageTextToText",
    "AutoModel",
)

# Families whose modules keep experts as (experts, in, out): modeling_gpt_oss.py, modeling_llama4.py.
INPUT_FIRST = ("gpt_oss", "llama4", "llama4_text")


class TensorError(ValueError):
    """A config that cannot be instantiated, with the reason."""


@dataclass
class Tensors:
    """The rows of tensor_group.csv (without model and source), and what was decided on the way."""

    groups: list[dict[str, Any]]
    is_tied: bool
    notes: list[str] = field(default_factory=list)


# ---------------------------------------------------------------- instantiation


def plain_config(config: Config, notes: list[str]) -> dict[str, Any]:
    """A copy without what makes transformers quantise or download, completed by the family's rules."""
    plain = copy.deepcopy(dict(config))
    for part in (plain, *(plain[key] for key in TEXT_KEYS if isinstance(plain.get(key), dict))):
        part.pop("quantization_config", None)
        part.pop("auto_map", None)
    return closed_form.completed(plain, notes)


def without_towers(config: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """The text part alone when a multi-modal config says nothing of its vision tower.

    transformers would fill in the tower's default sizes, which are not the model's.
    """
    text = text_config(config)
    if text is config or config.get("vision_config") or config.get("audio_config"):
        return config
    notes.append("text model only: the config has no vision_config, so the vision tower is not counted")
    return {**text, "torch_dtype": config.get("torch_dtype")}


def named_class(config: Config) -> Any:
    """The transformers class that `architectures` names, if it has one."""
    import transformers

    name = kin.class_name(config)
    return getattr(transformers, SAME_AS.get(name, name), None)


def library_config(config: dict[str, Any]) -> Any:
    """The config as an object of its transformers class: the architecture's, whatever model_type says.

    Kimi K2 says kimi_k2 and DeepseekV3ForCausalLM; copies of GLM-4.5's config say glm and Glm4MoeForCausalLM.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    model_type, named = str(config.get("model_type")), named_class(config)
    if named is None and model_type not in CONFIG_MAPPING:
        raise TensorError(f"transformers does not know model_type {model_type!r}")
    kind = CONFIG_MAPPING[model_type] if named is None else named.config_class
    if "text_config" in getattr(kind, "sub_configs", {}) and text_config(config) is config:
        raise TensorError(f"{model_type} nests a text_config and this config is flat: its sizes would be lost")
    return kind.from_dict({**config, "model_type": kind.model_type})


def library_class(config: dict[str, Any], settings: Any) -> Any:
    """The class named by `architectures`, else the first Auto class that has one for this config."""
    import transformers

    named = named_class(config)
    if named is not None:
        return encoder_base(named, settings)
    for auto in AUTO_CLASSES:
        mapping = getattr(transformers, auto)._model_mapping
        if type(settings) in mapping:
            return mapping[type(settings)]
    raise TensorError(f"transformers has no model class for {type(settings).__name__}")


def encoder_base(named: Any, settings: Any) -> Any:
    """BERT's `ForMaskedLM` checkpoints are counted as the encoder people run: AutoModel, with its pooler."""
    import transformers

    if named.__name__.endswith("ForMaskedLM"):
        return transformers.AutoModel._model_mapping[type(settings)]
    return named


def meta_model(config: dict[str, Any]) -> Any:
    """The model on the meta device: every shape, no memory."""
    import torch

    try:
        settings = library_config(config)
        with torch.device("meta"):
            return library_class(config, settings)._from_config(settings)
    except TensorError:
        raise
    except Exception as error:  # the library's validators and modules raise whatever they like
        raise TensorError(f"transformers cannot build it: {error}") from error


def model_tensors(model: Any, model_type: str) -> list[Tensor]:
    """Name and (out, in, count) of each parameter, tied ones once, and of the buffers a checkpoint keeps."""
    input_first = {id(p) for m in model.modules() if type(m).__name__ == "Conv1D" for p in m.parameters()}
    saved = model.state_dict().keys()
    buffers = [(n, b) for n, b in model.named_buffers() if n in saved and n.endswith(KEPT_BUFFERS)]
    return [
        matrix(name, tuple(value.shape), id(value) in input_first, model_type in INPUT_FIRST)
        for name, value in [*model.named_parameters(), *buffers]
    ]


def matrix(name: str, shape: tuple[int, ...], is_conv1d: bool, are_experts_transposed: bool) -> Tensor:
    """A tensor as `count` matrices of out x in."""
    if re.search(r"(^|\.)experts\.", name) and len(shape) >= 2 and not re.search(r"experts\.\d", name):
        return expert_matrix(name, shape, are_experts_transposed)
    if len(shape) < 2 or (len(shape) > 2 and prod(shape) == max(shape)):
        return Tensor(name, prod(shape), 1, 1)
    out, inside = shape[0], prod(shape[1:])
    return Tensor(name, inside, out, 1) if is_conv1d and len(shape) == 2 else Tensor(name, out, inside, 1)


def expert_matrix(name: str, shape: tuple[int, ...], is_transposed: bool) -> Tensor:
    """Fused experts: one matrix (or one bias vector) for each."""
    if len(shape) == 2:
        return Tensor(name, shape[1], 1, shape[0])
    out, inside = (shape[2], shape[1]) if is_transposed else (shape[1], shape[2])
    return Tensor(name, out, inside, shape[0])


# ---------------------------------------------------------------- roles and parts

VISION = re.compile(r"vision|visual|mm_projector|multi_modal_projector|image|embed_vision|patch_embed")
AUDIO = re.compile(r"audio")
NORM = re.compile(r"norm|(^|\.)ln_|\.ln\d?(\.|$)", re.IGNORECASE)
STATE_LEAF = re.compile(r"^(A_log|conv1d|conv_1d|conv|output_gate)$")  # output_gate: lightning attention

ATTENTION_PARTS = {
    "q_proj": "q", "k_proj": "k", "v_proj": "v", "o_proj": "o", "out_proj": "o", "qkv_proj": "qkv",
    "query": "q", "key": "k", "value": "v", "query_key_value": "qkv", "c_attn": "qkv", "c_proj": "o",
    "dense": "o", "Wqkv": "qkv", "Wo": "o", "proj": "o", "qkv": "qkv", "q": "q", "k": "k", "v": "v", "o": "o",
    "q_a_proj": "q_a", "q_b_proj": "q_b", "kv_a_proj_with_mqa": "kv_a", "kv_b_proj": "kv_b", "kv_proj": "kv",
    "o_a_proj": "o_a", "o_b_proj": "o_b", "sinks": "sink", "output_gate": "gate", "g_proj": "gate",
    "gate_proj": "gate",
}  # fmt: skip
MLP_PARTS = {
    "gate_proj": "gate", "up_proj": "up", "down_proj": "down", "gate_up_proj": "gate_up",
    "w1": "gate", "w3": "up",
    "w2": "down", "fc1": "up", "fc2": "down", "c_fc": "up", "c_proj": "down", "dense_h_to_4h": "up",
    "dense_4h_to_h": "down", "input_linear": "gate_up", "output_linear": "down", "Wi": "gate_up",
    "Wo": "down",
    "linear_fc1": "up", "linear_fc2": "down",
}  # fmt: skip
MIXER_PARTS = {
    "in_proj": "in", "in_proj_qkvz": "in", "in_proj_ba": "in", "in_proj_qkv": "in", "in_proj_z": "in",
    "in_proj_b": "in", "in_proj_a": "in", "q_proj": "in", "k_proj": "in", "v_proj": "in", "b_proj": "in",
    "out_proj": "out", "o_proj": "out", "conv1d": "conv", "conv": "conv", "q_conv1d": "conv", "A_log": "a",
    "qkv_proj": "in", "output_gate": "gate",
    "dt_proj": "dt", "x_proj": "x", "D": "d", "f_a_proj": "gate", "f_b_proj": "gate", "g_a_proj": "gate",
    "g_b_proj": "gate", "g_proj": "gate",
}  # fmt: skip
EMBEDDING_PARTS = (
    ("position", "position"), ("wpe", "position"), ("pos_emb", "position"), ("token_type", "token_type"),
    ("per_layer", "per_layer"),
)  # fmt: skip


MATRIX_ROLES = ("attention", "mlp", "expert", "shared_expert", "router")


def mixer_modules(names: Iterable[str]) -> set[str]:
    """Modules that hold a recurrence: a convolution, an A_log or a lightning gate (Mamba, DeltaNet, KDA, MiniMax).

    A whole layer is none: LFM2's module `conv` stands in the layer beside `feed_forward`, and holds its own `conv`.
    """
    found = set()
    for name in names:
        parts = name.split(".")
        if VISION.search(name) or AUDIO.search(name):
            continue
        found |= {".".join(parts[:at]) for at, part in enumerate(parts) if at and STATE_LEAF.match(part)}
    return {name for name in found if not name.rpartition(".")[2].isdigit()}


def classify(name: str, mixers: set[str]) -> tuple[str, str]:
    """(role, part) of a tensor by its name. The order matters: towers first, then experts, then norms."""
    if AUDIO.search(name) or VISION.search(name):
        return tower_role(name)
    name = name.replace("norm_attn_norm.", "")  # DBRX: the module that holds the attention and both norms
    if NORM.search(name) and not is_embedding(name):
        is_mixer = any(name.startswith(prefix + ".") for prefix in mixers)
        return ("mixer", "norm") if is_mixer and ".forget_gate" not in name else ("norm", leaf(name))
    for rule in (head_role, router_role, expert_role):
        found = rule(name)
        if found:
            return found
    if any(name.startswith(prefix + ".") for prefix in mixers):
        return "mixer", mixer_part(name)
    return body_role(name)


def leaf(name: str) -> str:
    """`bias` or `weight`: what the last part of the name says."""
    return "bias" if name.endswith("bias") else "weight"


def module(name: str) -> str:
    """The module's own name: the last part that is not weight, bias, `linear` or a number."""
    parts = [part for part in name.split(".") if part not in ("weight", "bias", "linear") and not part.isdigit()]
    return parts[-1] if parts else name


def tower_role(name: str) -> tuple[str, str]:
    """Vision and audio towers are one role; the part says what of the tower it is."""
    role = "audio" if AUDIO.search(name) and not VISION.search(name) else "vision"
    if re.search(r"projector|merger|embed_vision|embed_audio|adapter", name):
        return role, "projector"
    if NORM.search(name):
        return role, "norm"
    if re.search(r"embed|position|std_", name):
        return role, "embedding"
    inner = body_role(name)[0]
    return role, inner if inner in ("attention", "mlp") else "other"


def is_embedding(name: str) -> bool:
    """True of the embedding tables themselves, which some models call `embedding_norm`'s neighbour."""
    return bool(re.search(r"(embed_tokens|embeddings?|wte|word_embeddings)\.weight$", name))


def head_role(name: str) -> tuple[str, str] | None:
    """The output head, and BERT's prediction head and pooler."""
    if re.search(r"(^|\.)(lm_head|embed_out)\.", name):
        return "lm_head", leaf(name)
    if re.search(r"(^|\.)(pooler|predictions|head)\.", name):
        return "other", "pooler" if "pooler" in name else "prediction_head"
    return None


def router_role(name: str) -> tuple[str, str] | None:
    """Routers with their correction biases, and the one-row gate of a shared expert."""
    if "shared_expert_gate" in name:
        return "router", "shared_gate"
    if re.search(r"(^|\.)(router|gate)\.|e_score_correction_bias|expert_bias", name):
        return "router", "bias" if re.search(r"bias$", name) else router_part(name)
    return None


def router_part(name: str) -> str:
    """Gemma 4's routers also carry scales."""
    return "scale" if name.endswith("scale") else "weight"


def expert_role(name: str) -> tuple[str, str] | None:
    """Routed experts and shared ones."""
    part = "bias" if name.endswith("bias") else MLP_PARTS.get(module(name), module(name))
    if re.search(r"shared_expert|shared_mlp", name):
        return "shared_expert", part
    return ("expert", part) if re.search(r"(^|\.)experts\.", name) else None


def mixer_part(name: str) -> str:
    """Part of a recurrence."""
    if name.endswith("dt_bias"):
        return "dt"
    return "bias" if name.endswith(".bias") else MIXER_PARTS.get(module(name), module(name))


def body_role(name: str) -> tuple[str, str]:
    """Attention, MLP, embedding, or other."""
    end = module(name)
    if re.search(r"(attn|attention|self_attention|SelfAttention|EncDecAttention)\.", name) or (
        ".mixer." in name and end in ("q_proj", "k_proj", "v_proj", "o_proj")
    ):
        return "attention", attention_part(name, end)
    if end in MLP_PARTS or re.search(r"(intermediate|output)\.dense", name):
        return "mlp", "bias" if name.endswith("bias") else mlp_part(name, end)
    if re.search(r"embed|wte|wpe", name) and "projection" not in name:
        return "embedding", next((part for key, part in EMBEDDING_PARTS if key in name), "weight")
    return "other", closed_form.other_part(name, end)


def attention_part(name: str, end: str) -> str:
    """Part of an attention block; all of a sparse indexer or of DeepSeek-V4's compressor is one part."""
    for word in ("indexer", "compressor"):
        if word in name:
            return word
    return "bias" if name.endswith("bias") else ATTENTION_PARTS.get(end, end)


def mlp_part(name: str, end: str) -> str:
    """Part of an MLP; BERT's two layers are both called `dense`."""
    if end == "dense":
        return "up" if "intermediate" in name else "down"
    return MLP_PARTS.get(end, end)


# ---------------------------------------------------------------- rows


def layer_of(name: str) -> str:
    """The name up to its first number: which layer (or tower block) a tensor is in; empty outside of them."""
    found = re.match(r"(.*?\.\d+)(\.|$)", name)
    return found.group(1) if found else ""


def group(tensors: Iterable[Tensor]) -> list[dict[str, Any]]:
    """Rows by role, part and shape, in the order that the model first shows them.

    What stands outside of all layers alone (an embedding) counts as one layer.
    """
    listed = list(tensors)
    mixers = mixer_modules(tensor.name for tensor in listed)
    counts: dict[tuple[str, str, int, int], int] = {}
    layers: dict[tuple[str, str, int, int], set[str]] = {}
    for tensor in listed:
        role, part = tensor.place or classify(tensor.name, mixers)
        key = (role, part, tensor.out_features, tensor.in_features)
        counts[key] = counts.get(key, 0) + tensor.count
        layers.setdefault(key, set()).add(layer_of(tensor.name))
    return [row(i, key, counts[key], len(layers[key] - {""}) or 1) for i, key in enumerate(counts)]


def row(ordinal: int, key: tuple[str, str, int, int], tensors: int, layers: int) -> dict[str, Any]:
    """One row of tensor_group.csv."""
    role, part, out, inside = key
    sizes = {"out_features": out, "in_features": inside, "tensors": tensors, "layers": layers}
    return {"ordinal": ordinal, "role": role, "part": part, **sizes, "param_count": tensors * out * inside}


def mtp_tensors(tensors: list[Tensor], config: Config, notes: list[str]) -> Iterator[Tensor]:
    """The MTP layers that the checkpoint has and transformers does not build, as role `mtp`."""
    mixers = mixer_modules(tensor.name for tensor in tensors)
    for tensor in closed_form.mtp(tensors, config, notes):
        role, part = classify(tensor.name, mixers)
        part = f"{role}_{part}" if role in MATRIX_ROLES else role
        yield Tensor(tensor.name, tensor.out_features, tensor.in_features, tensor.count, ("mtp", part))


def instantiate(config: dict[str, Any], notes: list[str]) -> tuple[list[Tensor], bool, str]:
    """All tensors of the model, whether its head is the embedding, and its family's name in transformers."""
    if written_out.knows(config):
        return *written_out.build(config, notes), str(config["model_type"])
    model = meta_model(config)
    notes.append(f"instantiated as {type(model).__name__}")
    family = str(model.config.get_text_config().model_type)
    return model_tensors(model, family), is_tied(model), family


def is_tied(model: Any) -> bool:
    """Whether the output head is the embedding's own tensor."""
    output = getattr(model, "get_output_embeddings", lambda: None)()
    if output is None:
        return False
    return bool(output.weight is model.get_input_embeddings().weight)


def tensor_groups(config: Config) -> Tensors:
    """Every parameter of the checkpoint that this config describes, grouped."""
    notes: list[str] = []
    plain = without_towers(nested(plain_config(config, notes)), notes)
    tensors, tied, family = instantiate(plain, notes)
    text = {**text_config(plain), "model_type": family}
    tensors += closed_form.unbuilt(text, notes)
    extra = list(mtp_tensors(tensors, text, notes))
    return Tensors(group([*tensors, *extra]), tied, notes)
