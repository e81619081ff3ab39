"""Models and the facts stated of them outside their config."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "model",
        sa.Column("model_id", sa.Text(), nullable=False, comment="Slug, e.g. llama-3-70b."),
        sa.Column(
            "hf_id", sa.Text(), nullable=True, comment="Hugging Face id of the checkpoint the config belongs to."
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as people write it."),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="Maker."),
        sa.Column("family", sa.Text(), nullable=True, comment="Family, e.g. Llama 3."),
        sa.Column(
            "architecture", sa.Text(), nullable=False, comment="Class named in the config, e.g. LlamaForCausalLM."
        ),
        sa.Column(
            "layers", sa.BigInteger(), nullable=False, comment="Decoder (or encoder) layers, without MTP layers."
        ),
        sa.Column("hidden_size", sa.BigInteger(), nullable=False, comment="Width of the residual stream."),
        sa.Column(
            "intermediate_size", sa.BigInteger(), nullable=True, comment="Width of the dense feed-forward block."
        ),
        sa.Column("heads", sa.BigInteger(), nullable=True, comment="Query heads of an attention layer."),
        sa.Column(
            "kv_heads",
            sa.BigInteger(),
            nullable=True,
            comment="Key-value heads; NULL for MLA and attention-free models.",
        ),
        sa.Column(
            "head_dim",
            sa.BigInteger(),
            nullable=True,
            comment="Dimension of one head; its own field, not hidden_size / heads.",
        ),
        sa.Column("vocab_size", sa.BigInteger(), nullable=False, comment="Rows of the embedding table."),
        sa.Column(
            "context_tokens", sa.BigInteger(), nullable=True, comment="Longest context the model supports natively."
        ),
        sa.Column("experts", sa.BigInteger(), nullable=True, comment="Routed experts of a mixture-of-experts layer."),
        sa.Column("experts_per_token", sa.BigInteger(), nullable=True, comment="Routed experts that serve one token."),
        sa.Column("torch_dtype", sa.Text(), nullable=True, comment="dtype named in the config."),
        sa.Column(
            "native_weight_format_id",
            sa.Text(),
            nullable=True,
            comment="Format the maker publishes; NULL: none of the catalog's.",
        ),
        sa.Column("is_tied", sa.Boolean(), nullable=False, comment="The lm_head is the embedding table."),
        sa.Column("is_encoder", sa.Boolean(), nullable=False, comment="Encoder only: keeps no KV cache."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_model_tier")),
        sa.CheckConstraint("context_tokens > 0", name=op.f("ck_model_context_tokens_positive")),
        sa.CheckConstraint("head_dim > 0", name=op.f("ck_model_head_dim_positive")),
        sa.CheckConstraint("heads > 0", name=op.f("ck_model_heads_positive")),
        sa.CheckConstraint("hidden_size > 0", name=op.f("ck_model_hidden_size_positive")),
        sa.CheckConstraint("kv_heads > 0", name=op.f("ck_model_kv_heads_positive")),
        sa.CheckConstraint("layers > 0", name=op.f("ck_model_layers_positive")),
        sa.CheckConstraint("vocab_size > 0", name=op.f("ck_model_vocab_size_positive")),
        sa.ForeignKeyConstraint(
            ["native_weight_format_id"],
            ["weight_format.weight_format_id"],
            name=op.f("fk_model_native_weight_format_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.organization_id"], name=op.f("fk_model_organization_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_model_source_id")),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_model")),
        comment="One row per model: the figures of one config.",
    )
    op.create_table(
        "model_fact",
        sa.Column("model_id", sa.Text(), nullable=False, comment="Of which model."),
        sa.Column(
            "fact",
            sa.Text(),
            nullable=False,
            comment="parameter_count, active_parameter_count, context_tokens, released_on or licence.",
        ),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="As the source prints it."),
        sa.Column("value", sa.Double(), nullable=True, comment="As a number; NULL for dates and licences."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "fact in ('parameter_count', 'active_parameter_count', 'context_tokens', 'released_on', 'licence')",
            name=op.f("ck_model_fact_fact"),
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_model_fact_tier")),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_model_fact_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_model_fact_source_id")),
        sa.PrimaryKeyConstraint("model_id", "fact", "source_id", "locator", name=op.f("pk_model_fact")),
        comment="One row per model, fact and place read: what stands elsewhere than in the config.",
    )


def downgrade() -> None:
    op.drop_table("model_fact")
    op.drop_table("model")
