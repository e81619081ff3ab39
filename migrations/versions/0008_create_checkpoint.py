"""Published checkpoints with their real size."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "checkpoint",
        sa.Column(
            "checkpoint_id",
            sa.Text(),
            nullable=False,
            comment="Hugging Face id, with the file name where one repository holds several.",
        ),
        sa.Column("model_id", sa.Text(), nullable=False, comment="Of which model."),
        sa.Column("weight_format_id", sa.Text(), nullable=False, comment="Stored how."),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="Size as the source prints it."),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False, comment="Size of the weight files."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_checkpoint_tier")),
        sa.CheckConstraint("total_bytes > 0", name=op.f("ck_checkpoint_total_bytes_positive")),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_checkpoint_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_checkpoint_source_id")),
        sa.ForeignKeyConstraint(
            ["weight_format_id"], ["weight_format.weight_format_id"], name=op.f("fk_checkpoint_weight_format_id")
        ),
        sa.PrimaryKeyConstraint("checkpoint_id", name=op.f("pk_checkpoint")),
        comment="One row per published checkpoint whose real size is known.",
    )


def downgrade() -> None:
    op.drop_table("checkpoint")
