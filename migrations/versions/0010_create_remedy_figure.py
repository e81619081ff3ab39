"""Published figures of what a remedy saves or trades away."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "remedy_figure",
        sa.Column(
            "remedy",
            sa.Text(),
            nullable=False,
            comment="int4_weights, fp8_weights, int8_kv, tensor_parallel, paged_kv, ...",
        ),
        sa.Column("figure", sa.Text(), nullable=False, comment="What the figure tells, in a few words."),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="As the source prints it."),
        sa.Column("description", sa.Text(), nullable=False, comment="What it means, in our words."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_remedy_figure_tier")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_remedy_figure_source_id")),
        sa.PrimaryKeyConstraint("remedy", "figure", name=op.f("pk_remedy_figure")),
        comment="One row per published figure of what a remedy saves or trades away.",
    )


def downgrade() -> None:
    op.drop_table("remedy_figure")
