"""Facts about the database itself."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "catalog_info",
        sa.Column("name", sa.Text(), nullable=False, comment="What is recorded: version, fingerprint, built_at."),
        sa.Column("value", sa.Text(), nullable=False, comment="Its value."),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_catalog_info")),
        comment="One row per fact about this database itself.",
    )


def downgrade() -> None:
    op.drop_table("catalog_info")
