"""What was measured elsewhere, to set our figures beside, and the remedies with cited costs."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Double, Table, Text

from catalog_db.tables.base import cited, key, metadata, one_of, positive, ref, ref_key, tier_check

checkpoint = Table(
    "checkpoint",
    metadata,
    key("checkpoint_id", "Hugging Face id, with the file name where one repository holds several."),
    ref("model_id", "model.model_id", "Of which model."),
    ref("weight_format_id", "weight_format.weight_format_id", "Stored how."),
    Column(
        "is_own_mix",
        Boolean,
        nullable=False,
        comment="The maker mixes types in a way of its own (unsloth's UD, bartowski's _L), "
        "which the format only approximates.",
    ),
    Column("as_printed", Text, comment="Size as the source prints it; NULL: not known."),
    Column("total_bytes", BigInteger, comment="Size of the weight files; NULL: not known."),
    *cited(),
    tier_check(),
    *positive("total_bytes"),
    CheckConstraint("(as_printed is null) = (total_bytes is null)", name="size_is_printed"),
    comment="One row per published checkpoint: the model and format it is, and its real size where known.",
)

engine_run = Table(
    "engine_run",
    metadata,
    key("engine_run_id", "Slug of the run."),
    Column("engine", Text, nullable=False, comment="Engine as in engine_profile."),
    Column("engine_version", Text, comment="Version as the log gives it."),
    Column("model_as_printed", Text, nullable=False, comment="Model name in the log."),
    ref("model_id", "model.model_id", "The model it is; NULL: not in the catalog.", nullable=True),
    Column("accelerator_as_printed", Text, comment="Device name in the log."),
    ref("accelerator_id", "accelerator.accelerator_id", "The device it is; NULL: unknown.", nullable=True),
    ref("weight_format_id", "weight_format.weight_format_id", "Weights stored how.", nullable=True),
    ref("kv_dtype_id", "kv_dtype.kv_dtype_id", "Cache stored how; NULL: the model's dtype.", nullable=True),
    Column("devices", BigInteger, comment="Devices used."),
    Column("tensor_parallel", BigInteger, comment="Tensor-parallel ranks."),
    Column("pipeline_parallel", BigInteger, comment="Pipeline stages."),
    Column("context_tokens", BigInteger, comment="max_model_len or context of the run."),
    Column("memory_utilization", Double, comment="Share of memory given to the engine; NULL: its default."),
    Column("max_sequences", BigInteger, comment="max_num_seqs; NULL: the default."),
    Column("max_batched_tokens", BigInteger, comment="max_num_batched_tokens; NULL: the default."),
    Column("outcome", Text, nullable=False, comment="loaded, out_of_memory, failed or unknown."),
    *cited(),
    tier_check(),
    one_of("outcome", "loaded", "out_of_memory", "failed", "unknown"),
    comment="One row per start of an engine that somebody logged in public.",
)

run_option = Table(
    "run_option",
    metadata,
    ref_key("engine_run_id", "engine_run.engine_run_id", "Of which run."),
    key(
        "run_option",
        "speculative_mtp: the model's own MTP layers were loaded. cold_compile: PyTorch compiled the graph anew. "
        "flashinfer: FlashInfer was there to sample with. "
        "language_model_only: vision and audio towers were not loaded. "
        "prefix_caching: asked for on a hybrid model. wsl2: it ran under WSL2.",
    ),
    one_of(
        "run_option", "speculative_mtp", "cold_compile", "flashinfer", "language_model_only", "prefix_caching", "wsl2"
    ),
    comment="One row per run and thing it switched on that changes its memory; the citation is the run's.",
)

measurement = Table(
    "measurement",
    metadata,
    ref_key("engine_run_id", "engine_run.engine_run_id", "Of which run."),
    key("quantity", "weights_bytes, kv_pool_bytes, kv_capacity_tokens, max_concurrency, activation_bytes, ..."),
    Column("as_printed", Text, nullable=False, comment="Figure as the log prints it."),
    Column("value", Double, nullable=False, comment="In bytes, tokens or sequences; per device."),
    comment="One row per run and quantity that the engine reported; the citation is the run's.",
)

prediction = Table(
    "prediction",
    metadata,
    ref_key("engine_run_id", "engine_run.engine_run_id", "For which run."),
    key("quantity", "As in measurement; fits is 1 or 0."),
    Column("value", Double, comment="What the formulas give; NULL: unknown. In bytes, tokens or sequences."),
    comment="One row per run and quantity: our own figure, computed when the catalog is built; never seeded.",
)

remedy_figure = Table(
    "remedy_figure",
    metadata,
    key("remedy", "int4_weights, fp8_weights, int8_kv, tensor_parallel, paged_kv, ..."),
    key("figure", "What the figure tells, in a few words."),
    Column("as_printed", Text, nullable=False, comment="As the source prints it."),
    Column("description", Text, nullable=False, comment="What it means, in our words."),
    *cited(),
    tier_check(),
    comment="One row per published figure of what a remedy saves or trades away.",
)

catalog_info = Table(
    "catalog_info",
    metadata,
    key("name", "What is recorded: version, fingerprint, built_at."),
    Column("value", Text, nullable=False, comment="Its value."),
    comment="One row per fact about this database itself.",
)
