"""What each release held, row by row, so that a later one can say what changed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "release_row",
        sa.Column("release", sa.Text(), nullable=False, comment="Version of the catalog."),
        sa.Column("table_name", sa.Text(), nullable=False, comment="Table of the row."),
        sa.Column("row_key", sa.Text(), nullable=False, comment="Its key; parts joined by a vertical bar."),
        sa.Column("fingerprint", sa.Text(), nullable=False, comment="First 12 digits of the MD5 of its figures."),
        sa.PrimaryKeyConstraint("release", "table_name", "row_key", name=op.f("pk_release_row")),
        comment="One row per release and row of the catalog that it held.",
    )


def downgrade() -> None:
    op.drop_table("release_row")
