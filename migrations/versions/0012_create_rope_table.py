"""Rotary tables that are longer than a model's context, and what a measured run switched on."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "rope_table",
        sa.Column("model_id", sa.Text(), nullable=False, comment="Of which model."),
        sa.Column("ordinal", sa.BigInteger(), nullable=False, comment="Number of the table, from 0."),
        sa.Column(
            "positions", sa.BigInteger(), nullable=False, comment="Rows: context times the linear scaling factor."
        ),
        sa.Column("dim", sa.BigInteger(), nullable=False, comment="Values of a row: cosines and sines of one head."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_rope_table_tier")),
        sa.CheckConstraint("positions > 0", name=op.f("ck_rope_table_positions_positive")),
        sa.CheckConstraint("dim > 0", name=op.f("ck_rope_table_dim_positive")),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_rope_table_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_rope_table_source_id")),
        sa.PrimaryKeyConstraint("model_id", "ordinal", name=op.f("pk_rope_table")),
        comment="One row per rotary table of a model whose tables are not one of context_tokens x head_dim.",
    )
    op.create_table(
        "run_option",
        sa.Column("engine_run_id", sa.Text(), nullable=False, comment="Of which run."),
        sa.Column(
            "run_option", sa.Text(), nullable=False, comment="speculative_mtp: the model's own MTP layers were loaded."
        ),
        sa.CheckConstraint("run_option in ('speculative_mtp')", name=op.f("ck_run_option_run_option")),
        sa.ForeignKeyConstraint(
            ["engine_run_id"], ["engine_run.engine_run_id"], name=op.f("fk_run_option_engine_run_id")
        ),
        sa.PrimaryKeyConstraint("engine_run_id", "run_option", name=op.f("pk_run_option")),
        comment="One row per run and thing it switched on that changes its memory; the citation is the run's.",
    )


def downgrade() -> None:
    op.drop_table("run_option")
    op.drop_table("rope_table")
