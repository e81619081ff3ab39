"""Names people use."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column(
            "alias", sa.Text(), nullable=False, comment="A name people use; matched without case, '-', '_' and spaces."
        ),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="What it names: model, accelerator, weight_format, kv_dtype or engine.",
        ),
        sa.Column("target_id", sa.Text(), nullable=False, comment="Key of the row it names."),
        sa.Column(
            "is_preferred", sa.Boolean(), nullable=False, comment="The one meant when several rows share the name."
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Whose row it is: the catalog's or a user's."),
        sa.CheckConstraint(
            "kind in ('model', 'accelerator', 'weight_format', 'kv_dtype', 'engine')", name=op.f("ck_alias_kind")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_alias_source_id")),
        sa.PrimaryKeyConstraint("alias", "kind", "target_id", name=op.f("pk_alias")),
        comment="One row per name and the thing it may mean.",
    )


def downgrade() -> None:
    op.drop_table("alias")
