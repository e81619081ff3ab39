"""How weights and cache entries are stored."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "gguf_type",
        sa.Column("gguf_type_id", sa.Text(), nullable=False, comment="Name of the block type, e.g. Q4_K."),
        sa.Column(
            "bits",
            sa.Double(),
            nullable=False,
            comment="Bits a weight, scales included: 8 x block_bytes / block_values.",
        ),
        sa.Column("block_values", sa.BigInteger(), nullable=False, comment="Weights in one block."),
        sa.Column("block_bytes", sa.BigInteger(), nullable=False, comment="Bytes of one block."),
        sa.Column(
            "fallback_gguf_type_id",
            sa.Text(),
            nullable=True,
            comment="Used where a row is no multiple of the block; NULL: none needed.",
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_gguf_type_tier")),
        sa.CheckConstraint("bits > 0", name=op.f("ck_gguf_type_bits_positive")),
        sa.CheckConstraint("block_bytes > 0", name=op.f("ck_gguf_type_block_bytes_positive")),
        sa.CheckConstraint("block_values > 0", name=op.f("ck_gguf_type_block_values_positive")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_gguf_type_source_id")),
        sa.PrimaryKeyConstraint("gguf_type_id", name=op.f("pk_gguf_type")),
        comment="One row per block type of a GGUF file.",
    )
    op.create_table(
        "weight_format",
        sa.Column(
            "weight_format_id",
            sa.Text(),
            nullable=False,
            comment="Slug, e.g. bf16, fp8-block-128, awq-int4-g128, q4-k-m.",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as people write it."),
        sa.Column("family", sa.Text(), nullable=False, comment="float, fp8, int8, int4, fp4 or gguf."),
        sa.Column("bits", sa.Double(), nullable=False, comment="Bits a weight of the body tensors, scales included."),
        sa.Column(
            "group_size",
            sa.BigInteger(),
            nullable=True,
            comment="Weights that share one scale; NULL: none or a whole row or tensor.",
        ),
        sa.Column("description", sa.Text(), nullable=False, comment="What it is and what stays wide."),
        sa.Column(
            "is_auto", sa.Boolean(), nullable=False, comment="Considered when asked for the widest format that fits."
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "family in ('float', 'fp8', 'int8', 'int4', 'fp4', 'gguf')", name=op.f("ck_weight_format_family")
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_weight_format_tier")),
        sa.CheckConstraint("bits > 0", name=op.f("ck_weight_format_bits_positive")),
        sa.CheckConstraint("group_size > 0", name=op.f("ck_weight_format_group_size_positive")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_weight_format_source_id")),
        sa.PrimaryKeyConstraint("weight_format_id", name=op.f("pk_weight_format")),
        comment="One row per way of storing a model's weights.",
    )
    op.create_table(
        "weight_format_engine",
        sa.Column("weight_format_id", sa.Text(), nullable=False, comment="Which format."),
        sa.Column("engine", sa.Text(), nullable=False, comment="Engine that loads it."),
        sa.CheckConstraint(
            "engine in ('ideal', 'vllm', 'sglang', 'llama.cpp', 'transformers')",
            name=op.f("ck_weight_format_engine_engine"),
        ),
        sa.ForeignKeyConstraint(
            ["weight_format_id"],
            ["weight_format.weight_format_id"],
            name=op.f("fk_weight_format_engine_weight_format_id"),
        ),
        sa.PrimaryKeyConstraint("weight_format_id", "engine", name=op.f("pk_weight_format_engine")),
        comment="One row per weight format and engine that loads it.",
    )
    op.create_table(
        "weight_format_rule",
        sa.Column("weight_format_id", sa.Text(), nullable=False, comment="Of which format."),
        sa.Column("role", sa.Text(), nullable=False, comment="Tensor role, or * for any."),
        sa.Column("part", sa.Text(), nullable=False, comment="Tensor part, or * for any; the most specific rule wins."),
        sa.Column(
            "share",
            sa.Text(),
            nullable=False,
            comment="Which layers it holds for: all, or a word that a function turns into a number of layers.",
        ),
        sa.Column(
            "condition",
            sa.Text(),
            nullable=False,
            comment="Which models it holds for: always, or a word that a function decides.",
        ),
        sa.Column(
            "condition_rank", sa.BigInteger(), nullable=False, comment="Among rules that hold, the highest wins."
        ),
        sa.Column(
            "tensor_bits", sa.Double(), nullable=True, comment="Bits an element; NULL: those of the GGUF block type."
        ),
        sa.Column("row_bits", sa.Double(), nullable=False, comment="Extra bits an output row (per-channel scales)."),
        sa.Column("block_out", sa.BigInteger(), nullable=False, comment="Output rows of a scale block; 1 where none."),
        sa.Column("block_in", sa.BigInteger(), nullable=False, comment="Input columns of a scale block; 1 where none."),
        sa.Column("block_bits", sa.Double(), nullable=False, comment="Extra bits a scale block; 0 where none."),
        sa.Column("gguf_type_id", sa.Text(), nullable=True, comment="GGUF block type, for GGUF recipes."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_weight_format_rule_tier")),
        sa.CheckConstraint("block_in > 0", name=op.f("ck_weight_format_rule_block_in_positive")),
        sa.CheckConstraint("block_out > 0", name=op.f("ck_weight_format_rule_block_out_positive")),
        sa.CheckConstraint("tensor_bits > 0", name=op.f("ck_weight_format_rule_tensor_bits_positive")),
        sa.CheckConstraint(
            "tensor_bits is not null or gguf_type_id is not null", name=op.f("ck_weight_format_rule_has_width")
        ),
        sa.ForeignKeyConstraint(
            ["gguf_type_id"], ["gguf_type.gguf_type_id"], name=op.f("fk_weight_format_rule_gguf_type_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_weight_format_rule_source_id")),
        sa.ForeignKeyConstraint(
            ["weight_format_id"],
            ["weight_format.weight_format_id"],
            name=op.f("fk_weight_format_rule_weight_format_id"),
        ),
        sa.PrimaryKeyConstraint(
            "weight_format_id", "role", "part", "share", "condition", name=op.f("pk_weight_format_rule")
        ),
        comment="One row per weight format, tensor role, part and share of layers: how it is stored.",
    )
    op.create_table(
        "kv_dtype",
        sa.Column("kv_dtype_id", sa.Text(), nullable=False, comment="Slug, e.g. bf16, fp8, q8_0."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as people write it."),
        sa.Column("bits", sa.Double(), nullable=False, comment="Bits a cached element, scales included."),
        sa.Column("description", sa.Text(), nullable=False, comment="What it is."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_kv_dtype_tier")),
        sa.CheckConstraint("bits > 0", name=op.f("ck_kv_dtype_bits_positive")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_kv_dtype_source_id")),
        sa.PrimaryKeyConstraint("kv_dtype_id", name=op.f("pk_kv_dtype")),
        comment="One row per dtype of the KV cache; it never follows the weights' format.",
    )
    op.create_table(
        "kv_dtype_engine",
        sa.Column("kv_dtype_id", sa.Text(), nullable=False, comment="Which dtype."),
        sa.Column("engine", sa.Text(), nullable=False, comment="Engine that offers it."),
        sa.CheckConstraint(
            "engine in ('ideal', 'vllm', 'sglang', 'llama.cpp', 'transformers')", name=op.f("ck_kv_dtype_engine_engine")
        ),
        sa.ForeignKeyConstraint(["kv_dtype_id"], ["kv_dtype.kv_dtype_id"], name=op.f("fk_kv_dtype_engine_kv_dtype_id")),
        sa.PrimaryKeyConstraint("kv_dtype_id", "engine", name=op.f("pk_kv_dtype_engine")),
        comment="One row per KV cache dtype and engine that offers it.",
    )


def downgrade() -> None:
    op.drop_table("kv_dtype_engine")
    op.drop_table("kv_dtype")
    op.drop_table("weight_format_rule")
    op.drop_table("weight_format_engine")
    op.drop_table("weight_format")
    op.drop_table("gguf_type")
