"""What each model caches, and the exact tensors it is made of."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "layer_group",
        sa.Column("model_id", sa.Text(), nullable=False, comment="Of which model."),
        sa.Column("ordinal", sa.BigInteger(), nullable=False, comment="Number of the group, from 0."),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="What the layers cache: full, sliding, chunked, mla, recurrent, cross, shared, none.",
        ),
        sa.Column("layers", sa.BigInteger(), nullable=False, comment="Layers in the group."),
        sa.Column("kv_heads", sa.BigInteger(), nullable=True, comment="Key-value heads a layer."),
        sa.Column("key_dim", sa.BigInteger(), nullable=True, comment="Dimension of one key head."),
        sa.Column(
            "value_dim",
            sa.BigInteger(),
            nullable=True,
            comment="Dimension of one value head; 0 where keys serve as values.",
        ),
        sa.Column(
            "window_tokens",
            sa.BigInteger(),
            nullable=True,
            comment="Tokens that a sliding or chunked layer looks back.",
        ),
        sa.Column("latent_dim", sa.BigInteger(), nullable=True, comment="MLA: kv_lora_rank, values a token and layer."),
        sa.Column(
            "rope_dim", sa.BigInteger(), nullable=True, comment="MLA: qk_rope_head_dim, values a token and layer."
        ),
        sa.Column(
            "index_dim",
            sa.BigInteger(),
            nullable=True,
            comment="Sparse attention indexer: key values a token and layer.",
        ),
        sa.Column(
            "conv_state_values",
            sa.BigInteger(),
            nullable=True,
            comment="Recurrent: convolution state values a layer and sequence.",
        ),
        sa.Column(
            "recurrent_state_values",
            sa.BigInteger(),
            nullable=True,
            comment="Recurrent: state values a layer and sequence.",
        ),
        sa.Column(
            "recurrent_state_bits",
            sa.BigInteger(),
            nullable=True,
            comment="Width the config asks for the state; NULL: the model's.",
        ),
        sa.Column(
            "compression_ratio",
            sa.BigInteger(),
            nullable=True,
            comment="Tokens that share one cache entry; NULL: one each.",
        ),
        sa.Column(
            "shares_with",
            sa.BigInteger(),
            nullable=True,
            comment="Ordinal of the group whose cache a shared layer reads.",
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "kind in ('full', 'sliding', 'chunked', 'mla', 'recurrent', 'cross', 'shared', 'none')",
            name=op.f("ck_layer_group_kind"),
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_layer_group_tier")),
        sa.CheckConstraint("compression_ratio > 0", name=op.f("ck_layer_group_compression_ratio_positive")),
        sa.CheckConstraint("key_dim > 0", name=op.f("ck_layer_group_key_dim_positive")),
        sa.CheckConstraint("kv_heads > 0", name=op.f("ck_layer_group_kv_heads_positive")),
        sa.CheckConstraint("latent_dim > 0", name=op.f("ck_layer_group_latent_dim_positive")),
        sa.CheckConstraint("layers > 0", name=op.f("ck_layer_group_layers_positive")),
        sa.CheckConstraint("window_tokens > 0", name=op.f("ck_layer_group_window_tokens_positive")),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_layer_group_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_layer_group_source_id")),
        sa.PrimaryKeyConstraint("model_id", "ordinal", name=op.f("pk_layer_group")),
        comment="One row per model and group of layers whose cache behaves alike.",
    )
    op.create_table(
        "tensor_group",
        sa.Column("model_id", sa.Text(), nullable=False, comment="Of which model."),
        sa.Column("ordinal", sa.BigInteger(), nullable=False, comment="Number of the group, from 0."),
        sa.Column(
            "role",
            sa.Text(),
            nullable=False,
            comment="What the tensors do: embedding, lm_head, attention, mlp, expert, shared_expert, router, norm, mixer, vision, audio, mtp, other.",
        ),
        sa.Column(
            "part", sa.Text(), nullable=False, comment="Which of the role's tensors: q, k, v, o, gate, up, down, ..."
        ),
        sa.Column(
            "out_features", sa.BigInteger(), nullable=False, comment="Rows of each matrix, or length of each vector."
        ),
        sa.Column("in_features", sa.BigInteger(), nullable=False, comment="Columns of each matrix; 1 for vectors."),
        sa.Column("tensors", sa.BigInteger(), nullable=False, comment="How many such matrices the model has."),
        sa.Column(
            "layers", sa.BigInteger(), nullable=False, comment="How many layers have them; 0 outside the layers."
        ),
        sa.Column("param_count", sa.BigInteger(), nullable=False, comment="tensors x out_features x in_features."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "role in ('embedding', 'lm_head', 'attention', 'mlp', 'expert', 'shared_expert', 'router', 'norm', 'mixer', 'vision', 'audio', 'mtp', 'other')",
            name=op.f("ck_tensor_group_role"),
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_tensor_group_tier")),
        sa.CheckConstraint("in_features > 0", name=op.f("ck_tensor_group_in_features_positive")),
        sa.CheckConstraint("out_features > 0", name=op.f("ck_tensor_group_out_features_positive")),
        sa.CheckConstraint(
            "param_count = tensors * out_features * in_features", name=op.f("ck_tensor_group_param_count_is_product")
        ),
        sa.CheckConstraint("param_count > 0", name=op.f("ck_tensor_group_param_count_positive")),
        sa.CheckConstraint("tensors > 0", name=op.f("ck_tensor_group_tensors_positive")),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_tensor_group_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_tensor_group_source_id")),
        sa.PrimaryKeyConstraint("model_id", "ordinal", name=op.f("pk_tensor_group")),
        comment="One row per model, role, part and shape of weight tensors; their sum is the exact count.",
    )


def downgrade() -> None:
    op.drop_table("tensor_group")
    op.drop_table("layer_group")
