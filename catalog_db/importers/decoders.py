"""Parameters of the common decoder families in closed form: what a config gives without torch and transformers.

Each family is Llama's layer with departures, read in transformers 5.24.0, models/<family>/modeling_<family>.py; a test
builds every one of them with the library too and compares the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.layers import (
    Config,
    first,
    head_count,
    head_dim,
    hidden_size,
    kv_head_count,
    layer_count,
    number,
    text_config,
)
from catalog_db.importers.tensors import TensorError, Tensors, group, mtp_tensors, plain_config


@dataclass(frozen=True)
class Family:
    """How a family departs from Llama.

    `biased` are the projections with a bias (letters of q, k, v, o) while the key `bias_key` is true or, when the
    config has no such key, `has_bias`. `query_norm` is the width of the norms of queries and keys: of one
    head, or of all.
    """

    norms: tuple[str, ...] = ("input_layernorm", "post_attention_layernorm")
    biased: str = "qkvo"
    bias_key: str = "attention_bias"
    has_bias: bool = False
    query_norm: str = ""
    mlp: str = "gated"
    is_fused: bool = False
    is_tied: bool = False
    is_norm_biased: bool = False
    experts: str = ""
    router: str = "mlp.gate"
    shared: str = ""
    is_latent: bool = False
    has_correction: bool = False
    reads: tuple[str, ...] = ()  # of mlp_bias and attention_out_bias, those that this family heeds


FOUR_NORMS = (
    "input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm",
)  # fmt: skip
GLM_NORMS = ("input_layernorm", "post_attention_layernorm", "post_self_attn_layernorm", "post_mlp_layernorm")

FAMILIES = {
    "llama": Family(reads=("mlp_bias",)),
    "mistral": Family(biased=""),
    "granite": Family(reads=("mlp_bias",)),
    "smollm3": Family(is_tied=True, reads=("mlp_bias",)),
    "qwen2": Family(biased="qkv", bias_key="", has_bias=True),
    "qwen3": Family(query_norm="head"),
    "seed_oss": Family(biased="qkv", has_bias=True, reads=("mlp_bias", "attention_out_bias")),
    "phi3": Family(biased="", mlp="fused", is_fused=True),
    "glm4": Family(biased="qkv", has_bias=True, norms=GLM_NORMS, mlp="fused"),
    "gemma": Family(is_tied=True),
    "gemma2": Family(norms=FOUR_NORMS, is_tied=True),
    "gemma3_text": Family(norms=FOUR_NORMS, query_norm="head", is_tied=True),
    "olmo2": Family(norms=("post_attention_layernorm", "post_feedforward_layernorm"), query_norm="wide"),
    "starcoder2": Family(bias_key="use_bias", has_bias=True, mlp="plain", is_tied=True, is_norm_biased=True),
    "mixtral": Family(biased="", experts="mlp.experts"),
    "granitemoe": Family(experts="block_sparse_moe.experts", router="block_sparse_moe.router"),
    "olmoe": Family(query_norm="wide", experts="mlp.experts"),
    "qwen2_moe": Family(
        biased="qkv", bias_key="qkv_bias", has_bias=True, experts="mlp.experts", shared="shared_expert"
    ),
    "qwen3_moe": Family(query_norm="head", experts="mlp.experts"),
    "gpt_oss": Family(has_bias=True, experts="mlp.experts", router="mlp.router"),
    "glm4_moe": Family(
        biased="qkv", query_norm="config", experts="mlp.experts", shared="shared_experts", has_correction=True
    ),
    "deepseek_v2": Family(experts="mlp.experts", shared="shared_experts", is_latent=True),
    "deepseek_v3": Family(experts="mlp.experts", shared="shared_experts", is_latent=True, has_correction=True),
}
SAME_AS = {"kimi_k2": "deepseek_v3", "ministral": "mistral", "mimo": "qwen2"}


def knows(config: Config) -> bool:
    """Whether the text model of this config is of one of the families."""
    return family_name(text_config(config)) in FAMILIES


def family_name(text: Config) -> str:
    """The family whose layers these are."""
    name = str(text.get("model_type"))
    return SAME_AS.get(name, name)


def tensor_groups(config: Config) -> Tensors:
    """Every parameter of the text model that this config describes, grouped. Raises TensorError for other families."""
    notes: list[str] = []
    plain = plain_config(config, notes)
    text = text_config(plain)
    if not knows(text):
        raise TensorError(f"no closed form for model_type {text.get('model_type')!r:.80}")
    if text is not plain:
        notes.append("text model only: towers are counted from a checkpoint's own headers, or with mlsysdb[derive]")
    tensors, tied = build(text)
    notes.append(f"closed form of {family_name(text)}")
    extra = list(mtp_tensors(tensors, text, notes))
    return Tensors(group([*tensors, *extra]), tied, notes)


def build(text: Config) -> tuple[list[Tensor], bool]:
    """The tensors in the model's order, and whether the head is the embedding."""
    family, wide, vocabulary = FAMILIES[family_name(text)], hidden_size(text), number(text, "vocab_size")
    tensors = [Tensor("model.embed_tokens.weight", vocabulary, wide, 1)]
    for index in range(layer_count(text)):
        tensors += layer(family, text, index)
    tensors += norm(family, "model.norm", wide)
    tied = bool(first(text, "tie_word_embeddings", default=family.is_tied))
    return tensors + ([] if tied else [Tensor("lm_head.weight", vocabulary, wide, 1)]), tied


def layer(family: Family, text: Config, index: int) -> Iterator[Tensor]:
    """One decoder layer."""
    name, wide = f"model.layers.{index}", hidden_size(text)
    yield from (latent_attention if family.is_latent else attention)(family, text, f"{name}.self_attn")
    if family.experts and is_sparse(text, index):
        yield from experts(family, text, name)
    else:
        has_bias = heeded(family, text, "mlp_bias") or (family.mlp == "plain" and bool(text.get("use_bias", True)))
        yield from mlp(family.mlp, f"{name}.mlp", wide, number(text, "intermediate_size"), has_bias)
    for each in family.norms:
        yield from norm(family, f"{name}.{each}", wide)


def heeded(family: Family, text: Config, key: str) -> bool:
    """Whether a switch is on in a family that looks at it."""
    return key in family.reads and bool(text.get(key))


def norm(family: Family, name: str, wide: int) -> Iterator[Tensor]:
    """A normalisation's weight, and its bias where it is a LayerNorm."""
    yield Tensor(f"{name}.weight", wide, 1, 1)
    if family.is_norm_biased:
        yield Tensor(f"{name}.bias", wide, 1, 1)


def attention(family: Family, text: Config, name: str) -> Iterator[Tensor]:
    """Grouped attention: queries, keys, values, output; norms of queries and keys; sinks."""
    wide, dim = hidden_size(text), head_dim(text)
    own, kept = head_count(text) * dim, kv_head_count(text) * dim
    biased = family.biased if first(text, family.bias_key, default=family.has_bias) else ""
    if heeded(family, text, "attention_out_bias"):
        biased += "o"
    if family.is_fused:
        yield Tensor(f"{name}.qkv_proj.weight", own + 2 * kept, wide, 1)
        yield Tensor(f"{name}.o_proj.weight", wide, own, 1)
        return
    for letter, out, inside in (("q", own, wide), ("k", kept, wide), ("v", kept, wide), ("o", wide, own)):
        yield Tensor(f"{name}.{letter}_proj.weight", out, inside, 1)
        if letter in biased:
            yield Tensor(f"{name}.{letter}_proj.bias", out, 1, 1)
    normed = family.query_norm
    if normed == "config":
        normed = "head" if text.get("use_qk_norm") else ""
    if normed:
        yield Tensor(f"{name}.q_norm.weight", own if normed == "wide" else dim, 1, 1)
        yield Tensor(f"{name}.k_norm.weight", kept if normed == "wide" else dim, 1, 1)
    if text.get("model_type") == "gpt_oss":
        yield Tensor(f"{name}.sinks", head_count(text), 1, 1)


def latent_attention(_: Family, text: Config, name: str) -> Iterator[Tensor]:
    """Multi-head latent attention (modeling_deepseek_v3.py)."""
    wide, heads, latent = hidden_size(text), head_count(text), number(text, "kv_lora_rank")
    plain, rotary = number(text, "qk_nope_head_dim"), number(text, "qk_rope_head_dim")
    value, rank = number(text, "v_head_dim"), first(text, "q_lora_rank")
    if text.get("attention_bias") or text.get("mlp_bias"):
        raise TensorError("latent attention with biases has no closed form here")
    if rank:
        yield Tensor(f"{name}.q_a_proj.weight", int(rank), wide, 1)
        yield Tensor(f"{name}.q_a_layernorm.weight", int(rank), 1, 1)
        yield Tensor(f"{name}.q_b_proj.weight", heads * (plain + rotary), int(rank), 1)
    else:
        yield Tensor(f"{name}.q_proj.weight", heads * (plain + rotary), wide, 1)
    yield Tensor(f"{name}.kv_a_proj_with_mqa.weight", latent + rotary, wide, 1)
    yield Tensor(f"{name}.kv_a_layernorm.weight", latent, 1, 1)
    yield Tensor(f"{name}.kv_b_proj.weight", heads * (plain + value), latent, 1)
    yield Tensor(f"{name}.o_proj.weight", wide, heads * value, 1)


def mlp(kind: str, name: str, wide: int, inner: int, has_bias: bool = False) -> Iterator[Tensor]:
    """A feed-forward block: gate, up and down; gate and up as one; or up and down without a gate (starcoder2)."""
    up = {"gated": ("gate_proj", "up_proj"), "fused": ("gate_up_proj",), "plain": ("c_fc",)}[kind]
    out = 2 * inner if kind == "fused" else inner
    matrices = [(each, out, wide) for each in up] + [("c_proj" if kind == "plain" else "down_proj", wide, inner)]
    for each, rows, columns in matrices:
        yield Tensor(f"{name}.{each}.weight", rows, columns, 1)
        if has_bias:
            yield Tensor(f"{name}.{each}.bias", rows, 1, 1)


def is_sparse(text: Config, index: int) -> bool:
    """Whether a layer has experts: not the first dense ones, not `mlp_only_layers`, else each `sparse_step`th."""
    if index < int(first(text, "first_k_dense_replace", default=0)) or index in (text.get("mlp_only_layers") or []):
        return False
    return (index + 1) % max(1, int(first(text, "decoder_sparse_step", "moe_layer_freq", default=1))) == 0


def experts(family: Family, text: Config, name: str) -> Iterator[Tensor]:
    """Routed experts as the library fuses them, their router, and the shared ones."""
    wide, count = hidden_size(text), number(text, "num_local_experts", "n_routed_experts", "num_experts")
    inner = number(text, "moe_intermediate_size", "intermediate_size")
    yield Tensor(f"{name}.{family.router}.weight", count, wide, 1)
    yield Tensor(f"{name}.{family.experts}.gate_up_proj", 2 * inner, wide, count)
    yield Tensor(f"{name}.{family.experts}.down_proj", wide, inner, count)
    if text.get("model_type") == "gpt_oss":
        yield Tensor(f"{name}.{family.router}.bias", count, 1, 1)
        yield Tensor(f"{name}.{family.experts}.gate_up_proj_bias", 2 * inner, 1, count)
        yield Tensor(f"{name}.{family.experts}.down_proj_bias", wide, 1, count)
    if family.has_correction:
        yield Tensor(f"{name}.{family.router}.e_score_correction_bias", count, 1, 1)
    yield from shared_experts(family, text, name, wide, inner)


def shared_experts(family: Family, text: Config, name: str, wide: int, inner: int) -> Iterator[Tensor]:
    """Experts of every token: DeepSeek's are as wide as that many routed ones, Qwen's has a width and a gate."""
    if not family.shared:
        return
    own = first(text, "shared_expert_intermediate_size")
    width = int(own) if own else inner * int(first(text, "n_shared_experts", default=0))
    if width:
        yield from mlp("gated", f"{name}.mlp.{family.shared}", wide, width)
    if own:
        yield Tensor(f"{name}.mlp.shared_expert_gate.weight", 1, wide, 1)
