"""Models: their config, cache layout, tensors, and facts stated elsewhere."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Double, Table, Text

from catalog_db.tables.base import (
    cited,
    key,
    metadata,
    one_of,
    positive,
    ref,
    ref_key,
    tier_check,
)

LAYER_KINDS = ("full", "sliding", "chunked", "mla", "recurrent", "cross", "shared", "none")
ROLES = (
    "embedding", "lm_head", "attention", "mlp", "expert", "shared_expert", "router",
    "norm", "mixer", "vision", "audio", "mtp", "other",
)  # fmt: skip

model = Table(
    "model",
    metadata,
    key("model_id", "Slug, e.g. llama-3-70b."),
    Column("hf_id", Text, comment="Hugging Face id of the checkpoint the config belongs to."),
    Column("name", Text, nullable=False, comment="Name as people write it."),
    ref("organization_id", "organization.organization_id", "Maker."),
    Column("family", Text, comment="Family, e.g. Llama 3."),
    Column("architecture", Text, nullable=False, comment="Class named in the config, e.g. LlamaForCausalLM."),
    Column("layers", BigInteger, nullable=False, comment="Decoder (or encoder) layers, without MTP layers."),
    Column("hidden_size", BigInteger, nullable=False, comment="Width of the residual stream."),
    Column("intermediate_size", BigInteger, comment="Width of the dense feed-forward block."),
    Column("heads", BigInteger, comment="Query heads of an attention layer."),
    Column("kv_heads", BigInteger, comment="Key-value heads; NULL for MLA and attention-free models."),
    Column("head_dim", BigInteger, comment="Dimension of one head; its own field, not hidden_size / heads."),
    Column("vocab_size", BigInteger, nullable=False, comment="Rows of the embedding table."),
    Column("context_tokens", BigInteger, comment="Longest context the model supports natively."),
    Column("experts", BigInteger, comment="Routed experts of a mixture-of-experts layer."),
    Column("experts_per_token", BigInteger, comment="Routed experts that serve one token."),
    Column("torch_dtype", Text, comment="dtype named in the config."),
    ref(
        "native_weight_format_id",
        "weight_format.weight_format_id",
        "Format the maker publishes; NULL: none of the catalog's.",
        nullable=True,
    ),
    Column("is_tied", Boolean, nullable=False, comment="The lm_head is the embedding table."),
    Column("is_encoder", Boolean, nullable=False, comment="Encoder only: keeps no KV cache."),
    *cited(),
    tier_check(),
    *positive("layers", "hidden_size", "heads", "kv_heads", "head_dim", "vocab_size", "context_tokens"),
    comment="One row per model: the figures of one config.",
)

model_fact = Table(
    "model_fact",
    metadata,
    ref_key("model_id", "model.model_id", "Of which model."),
    key("fact", "parameter_count, active_parameter_count, context_tokens, released_on or licence."),
    Column("as_printed", Text, nullable=False, comment="As the source prints it."),
    Column("value", Double, comment="As a number; NULL for dates and licences."),
    *cited(in_key=True),
    tier_check(),
    one_of("fact", "parameter_count", "active_parameter_count", "context_tokens", "released_on", "licence"),
    comment="One row per model, fact and place read: what stands elsewhere than in the config.",
)

layer_group = Table(
    "layer_group",
    metadata,
    ref_key("model_id", "model.model_id", "Of which model."),
    Column("ordinal", BigInteger, primary_key=True, comment="Number of the group, from 0."),
    Column("kind", Text, nullable=False, comment=f"What the layers cache: {', '.join(LAYER_KINDS)}."),
    Column("layers", BigInteger, nullable=False, comment="Layers in the group."),
    Column("kv_heads", BigInteger, comment="Key-value heads a layer."),
    Column("key_dim", BigInteger, comment="Dimension of one key head."),
    Column("value_dim", BigInteger, comment="Dimension of one value head; 0 where keys serve as values."),
    Column("window_tokens", BigInteger, comment="Tokens that a sliding or chunked layer looks back."),
    Column("latent_dim", BigInteger, comment="MLA: kv_lora_rank, values a token and layer."),
    Column("rope_dim", BigInteger, comment="MLA: qk_rope_head_dim, values a token and layer."),
    Column("index_dim", BigInteger, comment="Sparse attention indexer: key values a token and layer."),
    Column("conv_state_values", BigInteger, comment="Recurrent: convolution state values a layer and sequence."),
    Column("recurrent_state_values", BigInteger, comment="Recurrent: state values a layer and sequence."),
    Column("recurrent_state_bits", BigInteger, comment="Width the config asks for the state; NULL: the model's."),
    Column("compression_ratio", BigInteger, comment="Tokens that share one cache entry; NULL: one each."),
    Column("shares_with", BigInteger, comment="Ordinal of the group whose cache a shared layer reads."),
    *cited(),
    tier_check(),
    one_of("kind", *LAYER_KINDS),
    *positive("layers", "kv_heads", "key_dim", "window_tokens", "latent_dim", "compression_ratio"),
    comment="One row per model and group of layers whose cache behaves alike.",
)

tensor_group = Table(
    "tensor_group",
    metadata,
    ref_key("model_id", "model.model_id", "Of which model."),
    Column("ordinal", BigInteger, primary_key=True, comment="Number of the group, from 0."),
    Column("role", Text, nullable=False, comment=f"What the tensors do: {', '.join(ROLES)}."),
    Column("part", Text, nullable=False, comment="Which of the role's tensors: q, k, v, o, gate, up, down, ..."),
    Column("out_features", BigInteger, nullable=False, comment="Rows of each matrix, or length of each vector."),
    Column("in_features", BigInteger, nullable=False, comment="Columns of each matrix; 1 for vectors."),
    Column("tensors", BigInteger, nullable=False, comment="How many such matrices the model has."),
    Column("layers", BigInteger, nullable=False, comment="How many layers have them; 0 outside the layers."),
    Column("param_count", BigInteger, nullable=False, comment="tensors x out_features x in_features."),
    *cited(),
    tier_check(),
    one_of("role", *ROLES),
    *positive("out_features", "in_features", "tensors", "param_count"),
    CheckConstraint("param_count = tensors * out_features * in_features", name="param_count_is_product"),
    comment="One row per model, role, part and shape of weight tensors; their sum is the exact count.",
)

rope_table = Table(
    "rope_table",
    metadata,
    ref_key("model_id", "model.model_id", "Of which model."),
    Column("ordinal", BigInteger, primary_key=True, comment="Number of the table, from 0."),
    Column("positions", BigInteger, nullable=False, comment="Rows: context times the linear scaling factor."),
    Column("dim", BigInteger, nullable=False, comment="Values of a row: cosines and sines of one head."),
    *cited(),
    tier_check(),
    *positive("positions", "dim"),
    comment="One row per rotary table of a model whose tables are not one of context_tokens x head_dim.",
)

encoder_profile = Table(
    "encoder_profile",
    metadata,
    key("architecture", "Class of the models, as in model.architecture."),
    Column("item_patches", BigInteger, nullable=False, comment="Patches of the largest picture by default."),
    Column("item_tokens", BigInteger, nullable=False, comment="Tokens that such a picture becomes."),
    Column(
        "hidden_whole",
        BigInteger,
        nullable=False,
        comment="Values of the tower's width that a patch holds at the peak on every rank.",
    ),
    Column("hidden_split", BigInteger, nullable=False, comment="The same, of which ranks hold a share each."),
    Column(
        "inner_split",
        BigInteger,
        nullable=False,
        comment="Values of the tower's inner width that a patch holds at the peak, a share on each rank.",
    ),
    Column("other_values", BigInteger, nullable=False, comment="Further values a patch, as of rotary tables."),
    Column(
        "deep_levels",
        BigInteger,
        nullable=False,
        comment="Outputs of inner layers that go to the language model beside the last.",
    ),
    Column("table_bytes", BigInteger, nullable=False, comment="Tables that the tower keeps for good."),
    *cited(),
    tier_check(),
    *positive("item_patches", "item_tokens"),
    comment="One row per architecture whose vision tower was read: what an engine's memory profiling runs of it.",
)
