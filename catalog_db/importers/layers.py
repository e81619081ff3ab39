"""Layer groups of a model: what each of its layers keeps in the cache, read from config.json alone.

A group is a set of layers that keep the same thing for a sequence. Units: `layers` are counted; `kv_heads`
are heads; `key_dim`, `value_dim`, `latent_dim`, `rope_dim`, `index_dim` are values per token (and per head
for the first two); `window_tokens` are tokens; `*_state_values` are values per layer and sequence, whatever
its length.

The groups' `layers` add up to the model's layers, with one exception: a layer that keeps two caches at once
is counted in two groups. These are Falcon-H1 (attention beside Mamba-2 in each layer: a `full` and a
`recurrent` group), Zamba2's hybrid layers, and DeepSeek-V4 (each layer keeps a sliding window, most also a
compressed cache).

Rules were read in transformers 5.23.0 (`models/<family>/configuration_<family>.py` unless said otherwise)
and in vLLM 02d710837549 `vllm/model_executor/layers/mamba/mamba_utils.py` (shapes of recurrent states).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Config = Mapping[str, Any]


class LayerError(ValueError):
    """A config whose cache cannot be told from what it says."""


@dataclass(frozen=True)
class Cache:
    """What one layer keeps for one sequence. `shares` is the cache of another layer that it uses instead."""

    kind: str
    kv_heads: int | None = None
    key_dim: int | None = None
    value_dim: int | None = None
    window_tokens: int | None = None
    latent_dim: int | None = None
    rope_dim: int | None = None
    index_dim: int | None = None
    conv_state_values: int | None = None
    recurrent_state_values: int | None = None
    recurrent_state_bits: int | None = None
    compression_ratio: int | None = None
    shares: Cache | None = field(default=None)


Layer = tuple[Cache, ...]

NOTHING = Cache("none")

TEXT_KEYS = ("text_config", "llm_config", "language_config")

ENCODERS = frozenset((
    "albert", "bert", "camembert", "deberta", "deberta-v2", "distilbert", "electra", "ernie", "esm",
    "eurobert", "modernbert", "mpnet", "nomic_bert", "roberta", "roberta-prelayernorm", "xlm-roberta",
    "xlm-roberta-xl",
))  # fmt: skip
ENCODER_DECODERS = frozenset((
    "bart", "blenderbot", "m2m_100", "marian", "mbart", "mt5", "pegasus", "t5", "t5gemma", "umt5",
    "whisper",
))  # fmt: skip

# Families whose every layer uses `sliding_window` when it is set (their modeling files pass
# config.sliding_window).
WINDOWED = frozenset((
    "mistral", "mixtral", "ministral", "phi3", "phimoe", "starcoder2",
))  # fmt: skip

# One layer in this many is full, the others slide; the full one is the last of the run.
# gemma2, gpt_oss: every other; gemma3, gemma4: 6; gemma3n: 5; cohere2, olmo3, exaone4: 4.
FULL_EVERY = {
    "gemma2": 2, "gpt_oss": 2, "gemma3": 6, "gemma3_text": 6, "gemma4": 6, "gemma4_text": 6,
    "gemma3n": 5, "gemma3n_text": 5, "cohere2": 4, "olmo3": 4, "exaone4": 4,
}  # fmt: skip

STATE_BITS = {"float32": 32, "bfloat16": 16, "float16": 16}


# ---------------------------------------------------------------- reading the config


def text_config(config: Config) -> Config:
    """The language model's own part of the config (multi-modal configs nest it)."""
    for key in TEXT_KEYS:
        nested = config.get(key)
        if isinstance(nested, Mapping):
            return nested
    return config


def first(config: Config, *names: str, default: Any = None) -> Any:
    """The first of these keys that is set and not null."""
    for name in names:
        if config.get(name) is not None:
            return config[name]
    return default


def number(config: Config, *names: str) -> int:
    """Like `first`, for a whole number that must be there."""
    value = first(config, *names)
    if value is None:
        raise LayerError(f"the config has none of: {', '.join(names)}")
    return int(value)


def layer_count(config: Config) -> int:
    """Decoder (or encoder) layers; lists of blocks win over the number, as in configuration_nemotron_h.py."""
    pattern = block_pattern(config)
    if pattern:
        return len(pattern)
    return number(config, "num_hidden_layers", "n_layer", "n_layers", "num_layers")


def head_count(config: Config) -> int:
    """Query heads."""
    return number(config, "num_attention_heads", "n_head", "n_heads", "num_heads")


def hidden_size(config: Config) -> int:
    """Width of the residual stream."""
    return number(config, "hidden_size", "n_embd", "d_model")


def kv_head_count(config: Config) -> int:
    """Key/value heads a layer caches: grouped, one for multi-query families, else all heads."""
    if config.get("model_type") in ("falcon", "RefinedWeb", "RefinedWebModel"):
        return falcon_kv_heads(config)
    if config.get("model_type") == "gpt_bigcode" and config.get("multi_query", True):
        return 1
    nested = config.get("attn_config")
    if isinstance(nested, Mapping) and first(nested, "kv_n_heads"):
        return number(nested, "kv_n_heads")
    if config.get("multi_query_attention") and config.get("multi_query_group_num"):
        return number(config, "multi_query_group_num")
    return int(first(config, "num_key_value_heads", "num_kv_heads", "n_head_kv", default=head_count(config)))


def falcon_kv_heads(config: Config) -> int:
    """Falcon-7B is multi-query (1), the new decoder of 40B and 180B is grouped (`num_kv_heads`)."""
    if config.get("new_decoder_architecture"):
        return int(first(config, "num_kv_heads", "n_head_kv", default=head_count(config)))
    return 1 if config.get("multi_query", True) else head_count(config)


def head_dim(config: Config) -> int:
    """Values a key head has: the config's own head_dim, else hidden size over heads."""
    own = first(config, "head_dim", "attention_head_dim", "kv_channels")
    return int(own) if own else hidden_size(config) // head_count(config)


def state_bits(config: Config) -> int | None:
    """Bits of the recurrent state where the config names its dtype (Qwen3.5, Nemotron-H), else None."""
    return STATE_BITS.get(str(first(config, "mamba_ssm_dtype", "mamba_ssm_cache_dtype")))


def block_pattern(config: Config) -> list[str]:
    """Nemotron-H's letters (M mamba, E experts, - mlp, * attention) or a list of block names, as names."""
    letters = {"M": "mamba", "E": "moe", "-": "mlp", "*": "attention"}
    pattern = config.get("hybrid_override_pattern")
    if isinstance(pattern, str):
        return [letters[letter] for letter in pattern if letter in letters]
    blocks = config.get("layers_block_type")
    return list(blocks) if isinstance(blocks, Sequence) else []


# ---------------------------------------------------------------- caches of one layer


def attention(config: Config, kv_heads: int | None = None, dim: int | None = None) -> Cache:
    """Keys and values of every token. `v_head_dim` differs from the keys' in MiMo-V2."""
    size = dim or head_dim(config)
    value = size if dim else int(first(config, "v_head_dim", default=size))
    return Cache("full", kv_heads=kv_heads or kv_head_count(config), key_dim=size, value_dim=value)


def windowed(cache: Cache, kind: str, tokens: int) -> Cache:
    """The same keys and values, kept for at most `tokens` tokens (`sliding` or `chunked`)."""
    return Cache(kind, kv_heads=cache.kv_heads, key_dim=cache.key_dim, value_dim=cache.value_dim, window_tokens=tokens)


def latent(config: Config, has_index: bool = True) -> Cache:
    """Multi-head latent attention: one latent and one rotary key a token (deepseek_v3), DSA adds an indexer
    key.

    Indexer: modeling_deepseek_v32.py and modeling_glm_moe_dsa.py cache one key of `index_head_dim` a token.
    """
    index = first(config, "index_head_dim") if has_index else None
    return Cache(
        "mla",
        latent_dim=number(config, "kv_lora_rank"),
        rope_dim=number(config, "qk_rope_head_dim"),
        index_dim=int(index) if index else None,
    )


def mamba1(config: Config) -> Cache:
    """Mamba: conv state inner x (kernel - 1), ssm state inner x state. vLLM `mamba1_state_shape`."""
    expand = number(config, "expand", "mamba_expand")
    inner = int(first(config, "intermediate_size", default=expand * hidden_size(config)))
    if "mamba_expand" in config:  # Jamba: intermediate_size is the MLP's
        inner = expand * hidden_size(config)
    kernel = number(config, "conv_kernel", "mamba_d_conv")
    return recurrent(config, inner * (kernel - 1), inner * number(config, "state_size", "mamba_d_state"))


def mamba2(config: Config) -> Cache:
    """Mamba-2: conv over x, B and C; state heads x head_dim x state. vLLM `mamba2_state_shape` at tp 1."""
    heads = number(config, "mamba_num_heads", "mamba_n_heads", "n_mamba_heads", "num_heads")
    dim = mamba2_head_dim(config, heads)
    state = number(config, "ssm_state_size", "mamba_d_state", "state_size")
    groups = number(config, "n_groups", "mamba_n_groups", "mamba_ngroups")
    kernel = number(config, "conv_kernel", "mamba_d_conv")
    return recurrent(config, (heads * dim + 2 * groups * state) * (kernel - 1), heads * dim * state)


def mamba2_head_dim(config: Config, heads: int) -> int:
    """Mamba-2 head size; "auto" is the inner width over heads (configuration_bamba.py, _falcon_h1.py)."""
    dim = first(config, "mamba_head_dim", "mamba_d_head", "mamba_headdim")
    if isinstance(dim, int):
        return dim
    if dim is None and "mamba_n_heads" not in config:
        return number(config, "head_dim")
    inner = first(config, "mamba_d_ssm", default=number(config, "mamba_expand", "expand") * hidden_size(config))
    return int(inner) // heads


def delta_net(config: Config) -> Cache:
    """Gated DeltaNet (Qwen3-Next, Qwen3.5). vLLM `gated_delta_net_state_shape`."""
    key_dim, value_dim = number(config, "linear_key_head_dim"), number(config, "linear_value_head_dim")
    key_heads, value_heads = number(config, "linear_num_key_heads"), number(config, "linear_num_value_heads")
    conv = 2 * key_dim * key_heads + value_dim * value_heads
    kernel = number(config, "linear_conv_kernel_dim")
    return recurrent(config, conv * (kernel - 1), value_heads * value_dim * key_dim)


def kimi_delta(config: Config) -> Cache:
    """Kimi Delta Attention. vLLM `kda_state_shape` (its state is always float32 there: an engine's rule)."""
    linear = config["linear_attn_config"]
    heads, dim = number(linear, "num_heads"), number(linear, "head_dim")
    kernel = number(linear, "short_conv_kernel_size")
    return recurrent(config, 3 * heads * dim * (kernel - 1), heads * dim * dim)


def lightning(config: Config) -> Cache:
    """MiniMax-Text-01's linear attention: no convolution. vLLM `linear_attention_state_shape`."""
    return recurrent(config, 0, head_count(config) * head_dim(config) ** 2)


def short_conv(config: Config) -> Cache:
    """LFM2: a gated convolution of `conv_L_cache` taps over the width. vLLM `short_conv_state_shape`."""
    width = int(first(config, "conv_dim", default=hidden_size(config)))
    return recurrent(config, width * (number(config, "conv_L_cache") - 1), 0)


def recurrent(config: Config, conv: int, state: int) -> Cache:
    """A state that does not grow with the sequence.

    The convolution keeps kernel - 1 inputs, as vLLM stores it (transformers keeps kernel inputs).
    """
    bits = state_bits(config) if state else None
    return Cache("recurrent", conv_state_values=conv, recurrent_state_values=state, recurrent_state_bits=bits)


# ---------------------------------------------------------------- layers of a family


def encoder(config: Config) -> list[Layer]:
    """An encoder sees the whole text at once: no layer keeps a cache."""
    return [(NOTHING,)] * layer_count(config)


def encoder_decoder(config: Config) -> list[Layer]:
    """Their decoder's length and their encoder's differ: not derived."""
    raise LayerError(f"encoder-decoder models ({config.get('model_type')}) are not derived")


def nas(config: Config) -> list[Layer]:
    """DeciLM and Nemotron-Super: heads a group, or no attention at all, block by block (`block_configs`)."""
    return [(nas_block(config, block["attention"]),) for block in config["block_configs"]]


def nas_block(config: Config, block: Config) -> Cache:
    """`no_op` and `replace_with_linear` keep nothing; the others cache heads / n_heads_in_group heads."""
    if block.get("no_op") or block.get("replace_with_linear"):
        return NOTHING
    return attention(config, kv_heads=head_count(config) // number(block, "n_heads_in_group"))


def blocks(config: Config) -> list[Layer]:
    """Hybrids that name each block: Nemotron-H, Bamba, Granite 4, Zamba2, Jamba."""
    ssm = mamba1(config) if config.get("model_type") == "jamba" else mamba2(config)
    kept: dict[str, Layer] = {
        "mamba": (ssm,), "mamba2": (ssm,), "linear_attention": (ssm,), "hybrid": (attention(config), ssm),
        "attention": (attention(config),), "full_attention": (attention(config),),
        "moe": (NOTHING,), "mlp": (NOTHING,),
    }  # fmt: skip
    return [kept[name] for name in block_names(config)]


def block_names(config: Config) -> list[str]:
    """The block of each layer, from whichever way the family writes it."""
    named = block_pattern(config) or list(first(config, "layer_types", default=[]))
    if named:
        return named
    count = layer_count(config)
    if config.get("attn_layer_indices") is not None:
        return ["attention" if i in config["attn_layer_indices"] else "mamba" for i in range(count)]
    period, offset = number(config, "attn_layer_period"), number(config, "attn_layer_offset")
    return ["attention" if i % period == offset else "mamba" for i in range(count)]


def pure_mamba(config: Config) -> list[Layer]:
    """Mamba, Falcon-Mamba and Mamba-2: the same state in every layer."""
    cache = mamba2(config) if config["model_type"] == "mamba2" else mamba1(config)
    return [(cache,)] * layer_count(config)


def falcon_h1(config: Config) -> list[Layer]:
    """Attention and Mamba-2 side by side in every layer (modeling_falcon_h1.py): two caches a layer."""
    return [(attention(config), mamba2(config))] * layer_count(config)


def kimi_linear(config: Config) -> list[Layer]:
    """KDA layers and MLA layers; the config counts layers from 1."""
    delta = set(config["linear_attn_config"]["kda_layers"])
    kda, mla = (kimi_delta(config),), (latent(config),)
    return [kda if i + 1 in delta else mla for i in range(layer_count(config))]


def linear_hybrid(config: Config) -> list[Layer]:
    """Qwen3-Next and Qwen3.5: one full layer in `full_attention_interval`, DeltaNet in the others."""
    every = int(first(config, "full_attention_interval", default=4))
    default = ["linear_attention" if (i + 1) % every else "full_attention" for i in range(layer_count(config))]
    kept = {"linear_attention": (delta_net(config),), "full_attention": (attention(config),)}
    return [kept[name] for name in first(config, "layer_types", default=default)]


def lightning_hybrid(config: Config) -> list[Layer]:
    """MiniMax-Text-01: `attn_type_list` 0 is linear, 1 full; configuration_minimax.py alternates."""
    kept = {0: (lightning(config),), 1: (attention(config),)}
    default = [(i + 1) % 2 == 0 for i in range(layer_count(config))]
    names = config.get("layer_types")
    types = [name == "full_attention" for name in names] if names else config.get("attn_type_list") or default
    return [kept[int(kind)] for kind in types]


def lfm2(config: Config) -> list[Layer]:
    """LFM2: attention at `full_attn_idxs`, short convolutions elsewhere."""
    full = set(first(config, "full_attn_idxs", default=range(layer_count(config))))
    default = ["full_attention" if i in full else "conv" for i in range(layer_count(config))]
    kept = {"conv": (short_conv(config),), "full_attention": (attention(config),)}
    return [kept[name] for name in first(config, "layer_types", default=default)]


def griffin(config: Config) -> list[Layer]:
    """RecurrentGemma: blocks repeat `block_types`; attention slides, with one kv head (modeling_recurrent_gemma.py).

    The gated linear recurrence keeps its width in 32 bits, the convolution before it three inputs of that width.
    """
    width = int(first(config, "lru_width", default=hidden_size(config)))
    state = Cache("recurrent", conv_state_values=3 * width, recurrent_state_values=width, recurrent_state_bits=32)
    own = attention(config, kv_heads=int(first(config, "num_key_value_heads", default=1)))
    kept = {"recurrent": (state,), "attention": (windowed(own, "sliding", number(config, "attention_window_size")),)}
    types = first(config, "block_types", default=("recurrent", "recurrent", "attention"))
    return [kept[types[i % len(types)]] for i in range(layer_count(config))]


def rwkv7(config: Config) -> list[Layer]:
    """RWKV-7: two shifted inputs, and a matrix of head size squared a head (RWKV-LM README.md, #state_params).

    The matrix is kept in 32 bits (RWKV-v7/rwkv_v7_demo_rnn.py:287).
    """
    wide = hidden_size(config)
    matrix = wide * number(config, "head_size")
    state = Cache("recurrent", conv_state_values=2 * wide, recurrent_state_values=matrix, recurrent_state_bits=32)
    return [(state,)] * layer_count(config)


def gpt_neo(config: Config) -> list[Layer]:
    """GPT-Neo: `attention_types` repeats global and local layers; local ones see `window_size` (256) tokens."""
    kinds = [kind for names, times in config["attention_types"] for kind in list(names) * int(times)]
    full = attention(config)
    local = windowed(full, "sliding", int(first(config, "window_size", default=256)))
    return [(local,) if kind == "local" else (full,) for kind in kinds]


def compressed(config: Config) -> list[Layer]:
    """DeepSeek-V4: every layer keeps a window; a ratio of n adds an entry every n tokens (4: with index key).

    modeling_deepseek_v4.py: key and value are one tensor (`update(kv, kv)`), so value_dim is 0; ratio 4 is
    the compressed-sparse layer (with indexer), 128 the heavily compressed one. The ratio list also covers
    MTP layers. Not counted: the compressor's buffer of at most one incomplete entry.
    """
    dim, rope = head_dim(config), number(config, "qk_rope_head_dim")
    window = Cache("sliding", 1, dim, 0, number(config, "sliding_window"))
    ratios = config["compress_ratios"][: layer_count(config)]
    index = number(config, "index_head_dim")
    return [
        (window, Cache("mla", latent_dim=dim - rope, rope_dim=rope, compression_ratio=ratio,
                       index_dim=index if ratio == 4 else None)) if ratio else (window,)
        for ratio in ratios
    ]  # fmt: skip


def latents(config: Config) -> list[Layer]:
    """MLA in every layer; GLM-5.2's `indexer_types` "shared" layers reuse another layer's index (no own
    key).
    """
    count = layer_count(config)
    types = first(config, "indexer_types", default=["full"] * count)
    return [(latent(config, has_index=kind != "shared"),) for kind in types]


def sparse_blocks(config: Config) -> list[Layer]:
    """MiniMax-M3: grouped attention; sparse layers also cache one index key a token
    (modeling_minimax_m3_vl.py).
    """
    sparse = config["sparse_attention_config"]
    full, dim = attention(config), number(sparse, "sparse_index_dim")
    indexed = Cache("full", full.kv_heads, full.key_dim, full.value_dim, index_dim=dim)
    return [(indexed,) if flag else (full,) for flag in sparse["sparse_attention_freq"]]


def mimo_v2(config: Config) -> list[Layer]:
    """MiMo-V2: `hybrid_layer_pattern` 1 slides, with heads of its own (`swa_*`)."""
    full = attention(config)
    local = Cache(
        "sliding",
        number(config, "swa_num_key_value_heads"),
        number(config, "swa_head_dim"),
        number(config, "swa_v_head_dim"),
        number(config, "sliding_window", "sliding_window_size"),
    )
    return [(local,) if flag else (full,) for flag in config["hybrid_layer_pattern"]]


def chunked(config: Config) -> list[Layer]:
    """Llama 4: layers with rotary positions attend within a chunk, every fourth has none and is full."""
    every = int(first(config, "no_rope_layer_interval", default=4))
    count = layer_count(config)
    rotary = config.get("no_rope_layers") or [(i + 1) % every != 0 for i in range(count)]
    types = first(config, "layer_types", default=["chunked_attention" if r else "full_attention" for r in rotary])
    return typed(config, types)


def gemma_shared(config: Config) -> list[Layer]:
    """Gemma 3n and Gemma 4: the last `num_kv_shared_layers` reuse the last own layer of their type.

    Gemma 4's full layers have `global_head_dim`; with `attention_k_eq_v` also `num_global_key_value_heads`
    (modeling_gemma4.py; key and value share a projection and still are two cached tensors).
    """
    types = list(first(config, "layer_types", default=pattern_types(config)))
    if str(config.get("model_type")).startswith("gemma4"):
        types[-1] = "full_attention"
    layers = typed(config, types, full=gemma_global(config))
    own = len(layers) - int(first(config, "num_kv_shared_layers", default=0))
    return layers[:own] + [(shared(cache),) for (cache,) in layers[own:]]


def gemma_global(config: Config) -> Cache:
    """The full-attention layer of Gemma 4; Gemma 3n's is like its sliding ones."""
    if not str(config.get("model_type")).startswith("gemma4"):
        return attention(config)
    heads = config.get("num_global_key_value_heads") if config.get("attention_k_eq_v") else None
    return attention(config, kv_heads=heads, dim=int(first(config, "global_head_dim", default=512)))


def shared(cache: Cache) -> Cache:
    """A layer that reads another's cache and adds nothing."""
    return Cache("shared", cache.kv_heads, cache.key_dim, cache.value_dim, cache.window_tokens, shares=cache)


def cross(config: Config) -> list[Layer]:
    """Llama 3.2 Vision: `cross_attention_layers` cache the image's keys and values, not the text's."""
    own = attention(config)
    other = Cache("cross", own.kv_heads, own.key_dim, own.value_dim)
    where = set(config["cross_attention_layers"])
    return [(other,) if i in where else (own,) for i in range(layer_count(config))]


# ---------------------------------------------------------------- plain attention, windows


def window_size(config: Config) -> int:
    """Tokens of the sliding window, 0 when there is none (MLC calls it sliding_window_size)."""
    return int(first(config, "sliding_window", "sliding_window_size", default=0))


def typed(config: Config, types: Sequence[str], full: Cache | None = None) -> list[Layer]:
    """One cache a layer from transformers' `layer_types`."""
    own = attention(config)
    kept = {"full_attention": full or own, "global": full or own, "attention": full or own}
    if window_size(config):
        kept["sliding_attention"] = windowed(own, "sliding", window_size(config))
    if first(config, "attention_chunk_size"):
        kept["chunked_attention"] = windowed(own, "chunked", int(config["attention_chunk_size"]))
    missing = sorted(set(types) - set(kept))
    if missing:
        raise LayerError(f"no rule for layer type {', '.join(missing)}")
    return [(kept[name],) for name in types]


def pattern_types(config: Config) -> list[str]:
    """`layer_types` of a family that writes its pattern as a number, or not at all."""
    name = str(config.get("model_type"))
    own = config.get("sliding_window_pattern")
    every = int(own) if isinstance(own, int) else FULL_EVERY[name]
    return ["sliding_attention" if (i + 1) % every else "full_attention" for i in range(layer_count(config))]


def uniform(config: Config) -> list[Layer]:
    """Attention in every layer, with the window that the family really uses."""
    name, count = str(config.get("model_type")), layer_count(config)
    if config.get("layer_types"):
        return typed(config, config["layer_types"])
    if name in FULL_EVERY:
        return typed(config, pattern_types(config))
    if not window_size(config) or config.get("use_sliding_window") is False:
        return [(attention(config),)] * count
    return sliding_uniform(config, name, count)


def sliding_uniform(config: Config, name: str, count: int) -> list[Layer]:
    """A window that is set and in force: in every layer, or (Qwen) from `max_window_layers` on.

    Qwen's `use_sliding_window` is false by default (configuration_qwen2.py).
    """
    own = attention(config)
    local = windowed(own, "sliding", window_size(config))
    if name in WINDOWED:
        return [(local,)] * count
    if name.startswith(("qwen", "mimo")):
        start = int(first(config, "max_window_layers", default=28)) if config.get("use_sliding_window") else count
        return [(own,) if i < start else (local,) for i in range(count)]
    raise LayerError(f"sliding_window is set and no rule says which layers of {name} use it")


# ---------------------------------------------------------------- which family

Rule = tuple[Callable[[Config], Any], Callable[[Config], list[Layer]]]


def is_type(*names: str) -> Callable[[Config], bool]:
    """A test on `model_type`."""
    return lambda config: config.get("model_type") in names


def has(*keys: str) -> Callable[[Config], bool]:
    """A test on keys that must all be set."""
    return lambda config: all(config.get(key) for key in keys)


def is_encoder(config: Config) -> bool:
    """True of BERT and its kin, unless the config makes them a decoder."""
    return config.get("model_type") in ENCODERS and not config.get("is_decoder")


RULES: tuple[Rule, ...] = (
    (is_encoder, encoder),
    (lambda c: c.get("is_encoder_decoder") or c.get("model_type") in ENCODER_DECODERS, encoder_decoder),
    (has("block_configs"), nas),
    (is_type("mamba", "falcon_mamba", "mamba2"), pure_mamba),
    (is_type("falcon_h1"), falcon_h1),
    (is_type("nemotron_h", "bamba", "granitemoehybrid", "zamba2", "jamba"), blocks),
    (has("linear_attn_config"), kimi_linear),
    (has("linear_key_head_dim"), linear_hybrid),
    (is_type("minimax", "minimax_text_01"), lightning_hybrid),
    (has("conv_L_cache"), lfm2),
    (is_type("recurrent_gemma"), griffin),
    (is_type("rwkv7"), rwkv7),
    (has("attention_types"), gpt_neo),
    (has("compress_ratios"), compressed),
    (has("kv_lora_rank"), latents),
    (has("sparse_attention_config"), sparse_blocks),
    (has("hybrid_layer_pattern", "swa_head_dim"), mimo_v2),
    (has("cross_attention_layers"), cross),
    (is_type("llama4", "llama4_text"), chunked),
    (is_type("gemma3n", "gemma3n_text", "gemma4", "gemma4_text", "gemma4_unified_text"), gemma_shared),
)


def layer_caches(config: Config) -> list[Layer]:
    """What each layer keeps, in the model's order."""
    text = text_config(config)
    for applies, build in RULES:
        if applies(text):
            return build(text)
    return uniform(text)


def layer_groups(config: Config) -> list[dict[str, Any]]:
    """Layer groups in order of first appearance, as layer_group.csv has them (without model and source)."""
    counts: dict[Cache, int] = {}
    for layer in layer_caches(config):
        for cache in layer:
            counts[cache] = counts.get(cache, 0) + 1
    ordinals = {cache: ordinal for ordinal, cache in enumerate(counts)}
    return [group_row(cache, ordinals, layers) for cache, layers in counts.items()]


def group_row(cache: Cache, ordinals: Mapping[Cache, int], layers: int) -> dict[str, Any]:
    """One row of layer_group.csv."""
    values = {name: getattr(cache, name) for name in CACHE_COLUMNS}
    shares = ordinals.get(cache.shares) if cache.shares else None
    row = {"ordinal": ordinals[cache], "kind": cache.kind, "layers": layers}
    return row | values | {"shares_with": shares}


CACHE_COLUMNS = (
    "kv_heads", "key_dim", "value_dim", "window_tokens", "latent_dim", "rope_dim", "index_dim",
    "conv_state_values", "recurrent_state_values", "recurrent_state_bits", "compression_ratio",
)  # fmt: skip
