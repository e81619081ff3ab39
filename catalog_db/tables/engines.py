"""Engines: how each version shares out a device's memory."""

from sqlalchemy import BigInteger, Boolean, Column, Double, Table, Text

from catalog_db.tables.base import cited, key, metadata, one_of, positive, ref, ref_key, tier_check
from catalog_db.tables.formats import ENGINES

engine_profile = Table(
    "engine_profile",
    metadata,
    key("engine_profile_id", "Slug: engine and first version, e.g. vllm-0.19."),
    Column("engine", Text, nullable=False, comment="ideal, vllm, sglang, llama.cpp or transformers."),
    Column("version_from", Text, comment="First version the rules hold for; NULL: from the start."),
    Column("version_before", Text, comment="First version they no longer hold for; NULL: the newest known."),
    Column(
        "memory_basis",
        Text,
        nullable=False,
        comment="Total that the utilisation applies to: advertised or runtime.",
    ),
    Column(
        "default_utilization",
        Double,
        nullable=False,
        comment="Share of that total the engine takes by default.",
    ),
    Column("block_tokens", BigInteger, nullable=False, comment="Tokens in one cache block; 1: no blocks."),
    Column("mla_block_tokens", BigInteger, nullable=False, comment="The same for multi-head latent attention."),
    Column(
        "kv_layout",
        Text,
        nullable=False,
        comment="exact: what a sequence needs; paged: blocks of one page size; cells: blocks, a window apart.",
    ),
    ref("plain_weight_format_id", "weight_format.weight_format_id", "Loaded where it has not the model's own format."),
    Column(
        "is_layer_split", Boolean, nullable=False, comment="Several devices share the layers unless told otherwise."
    ),
    Column("is_embedding_on_host", Boolean, nullable=False, comment="An untied token embedding stays in host memory."),
    Column("state_bits", Double, comment="Width of recurrent state whatever the model's; NULL: as the model says."),
    Column(
        "widest_auto_bits",
        Double,
        comment="Wider models are loaded and cached at this width; NULL: as they are.",
    ),
    Column(
        "group_ratio",
        Double,
        comment="Hybrid groups take the larger layer count below this ratio; NULL: never.",
    ),
    Column(
        "recurrent_blocks",
        BigInteger,
        nullable=False,
        comment="Blocks a sequence holds of a recurrent group.",
    ),
    Column("index_bits", Double, nullable=False, comment="Bits a sparse indexer's key value, its scale included."),
    Column(
        "is_chunked_as_full",
        Boolean,
        nullable=False,
        comment="Chunked layers are given cache for the whole context.",
    ),
    Column(
        "is_capacity_by_blocks",
        Boolean,
        nullable=False,
        comment="Reports blocks x block size as its token capacity.",
    ),
    Column(
        "is_graph_in_budget",
        Boolean,
        nullable=False,
        comment="CUDA graphs are taken from the engine's share.",
    ),
    Column("is_newest", Boolean, nullable=False, comment="Used when no version is named."),
    *cited(),
    tier_check(),
    one_of("engine", *ENGINES),
    one_of("memory_basis", "advertised", "runtime"),
    one_of("kv_layout", "exact", "paged", "cells"),
    *positive("default_utilization", "block_tokens", "mla_block_tokens"),
    comment="One row per engine and range of versions with the same memory rules.",
)

engine_default = Table(
    "engine_default",
    metadata,
    ref_key("engine_profile_id", "engine_profile.engine_profile_id", "Of which profile."),
    key("setting", "max_sequences or max_batched_tokens."),
    key("accelerator_id", "The one accelerator it holds for, or * for any; the named one wins."),
    Column(
        "from_memory_bytes",
        BigInteger,
        primary_key=True,
        comment="Holds for devices with this memory or more.",
    ),
    Column("value", BigInteger, nullable=False, comment="The engine's default for the setting."),
    *cited(),
    tier_check(),
    one_of("setting", "max_sequences", "max_batched_tokens"),
    *positive("value"),
    comment="One row per profile, setting and size of device: what the engine takes when told nothing.",
)

engine_term = Table(
    "engine_term",
    metadata,
    ref_key("engine_profile_id", "engine_profile.engine_profile_id", "Of which profile."),
    key("term", "weights (beside the tensors), activation, cuda_graph, runtime or reserve (left free)."),
    Column(
        "branch",
        BigInteger,
        primary_key=True,
        comment="Coefficients of a branch add up; the largest branch counts.",
    ),
    key("driver", "What the coefficient multiplies; see the function engine_driver."),
    Column("coefficient", Double, nullable=False, comment="Bytes per unit of the driver."),
    Column("fitted_on", Text, nullable=False, comment="What it was fitted on, or where it is stated."),
    Column("sample_count", BigInteger, comment="Measured cases in the fit; NULL: stated, not fitted."),
    Column("residual_bytes", Double, comment="Mean absolute error of the fit; NULL: stated, not fitted."),
    *cited(),
    tier_check(),
    one_of("term", "weights", "activation", "cuda_graph", "runtime", "reserve"),
    comment="One row per profile, memory term, branch and driver: a coefficient anyone can doubt and replace.",
)

workload = Table(
    "workload",
    metadata,
    key("workload_id", "Slug, e.g. default, chat, long-document."),
    Column("context_tokens", BigInteger, nullable=False, comment="Tokens of one sequence, prompt and answer."),
    Column("sequences", BigInteger, nullable=False, comment="Sequences at once."),
    Column("description", Text, nullable=False, comment="Who asks like this."),
    ref("source_id", "source.source_id", "Whose row it is: the catalog's or a user's."),
    *positive("context_tokens", "sequences"),
    comment="One row per named load; 'default' is what an answer assumes when told nothing.",
)
