"""How weights and cache entries are stored."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Double, Table, Text

from catalog_db.tables.base import cited, key, metadata, one_of, positive, ref, ref_key, tier_check

ENGINES = ("ideal", "vllm", "sglang", "llama.cpp", "transformers")

gguf_type = Table(
    "gguf_type",
    metadata,
    key("gguf_type_id", "Name of the block type, e.g. Q4_K."),
    Column(
        "bits",
        Double,
        nullable=False,
        comment="Bits a weight, scales included: 8 x block_bytes / block_values.",
    ),
    Column("block_values", BigInteger, nullable=False, comment="Weights in one block."),
    Column("block_bytes", BigInteger, nullable=False, comment="Bytes of one block."),
    Column(
        "fallback_gguf_type_id",
        Text,
        comment="Used where a row is no multiple of the block; NULL: none needed.",
    ),
    *cited(),
    tier_check(),
    *positive("bits", "block_values", "block_bytes"),
    comment="One row per block type of a GGUF file.",
)

weight_format = Table(
    "weight_format",
    metadata,
    key("weight_format_id", "Slug, e.g. bf16, fp8-block-128, awq-int4-g128, q4-k-m."),
    Column("name", Text, nullable=False, comment="Name as people write it."),
    Column("family", Text, nullable=False, comment="float, fp8, int8, int4, fp4 or gguf."),
    Column("bits", Double, nullable=False, comment="Bits a weight of the body tensors, scales included."),
    Column("group_size", BigInteger, comment="Weights that share one scale; NULL: none or a whole row or tensor."),
    Column("description", Text, nullable=False, comment="What it is and what stays wide."),
    Column("is_auto", Boolean, nullable=False, comment="Considered when asked for the widest format that fits."),
    *cited(),
    tier_check(),
    one_of("family", "float", "fp8", "int8", "int4", "fp4", "gguf"),
    *positive("bits", "group_size"),
    comment="One row per way of storing a model's weights.",
)

weight_format_engine = Table(
    "weight_format_engine",
    metadata,
    ref_key("weight_format_id", "weight_format.weight_format_id", "Which format."),
    key("engine", "Engine that loads it."),
    one_of("engine", *ENGINES),
    comment="One row per weight format and engine that loads it.",
)

weight_format_rule = Table(
    "weight_format_rule",
    metadata,
    ref_key("weight_format_id", "weight_format.weight_format_id", "Of which format."),
    key("role", "Tensor role, or * for any."),
    key("part", "Tensor part, or * for any; the most specific rule wins."),
    key("share", "Which layers it holds for: all, or a word that a function turns into a number of layers."),
    key("condition", "Which models it holds for: always, or a word that a function decides."),
    Column("condition_rank", BigInteger, nullable=False, comment="Among rules that hold, the highest wins."),
    Column("tensor_bits", Double, comment="Bits an element; NULL: those of the GGUF block type."),
    Column("row_bits", Double, nullable=False, comment="Extra bits an output row (per-channel scales)."),
    Column("block_out", BigInteger, nullable=False, comment="Output rows of a scale block; 1 where none."),
    Column("block_in", BigInteger, nullable=False, comment="Input columns of a scale block; 1 where none."),
    Column("block_bits", Double, nullable=False, comment="Extra bits a scale block; 0 where none."),
    ref("gguf_type_id", "gguf_type.gguf_type_id", "GGUF block type, for GGUF recipes.", nullable=True),
    *cited(),
    tier_check(),
    *positive("tensor_bits", "block_out", "block_in"),
    CheckConstraint("tensor_bits is not null or gguf_type_id is not null", name="has_width"),
    comment="One row per weight format, tensor role, part and share of layers: how it is stored.",
)

kv_dtype = Table(
    "kv_dtype",
    metadata,
    key("kv_dtype_id", "Slug, e.g. bf16, fp8, q8_0."),
    Column("name", Text, nullable=False, comment="Name as people write it."),
    Column("bits", Double, nullable=False, comment="Bits a cached element, scales included."),
    Column("description", Text, nullable=False, comment="What it is."),
    *cited(),
    tier_check(),
    *positive("bits"),
    comment="One row per dtype of the KV cache; it never follows the weights' format.",
)

kv_dtype_engine = Table(
    "kv_dtype_engine",
    metadata,
    ref_key("kv_dtype_id", "kv_dtype.kv_dtype_id", "Which dtype."),
    key("engine", "Engine that offers it."),
    one_of("engine", *ENGINES),
    comment="One row per KV cache dtype and engine that offers it.",
)
