"""What became of the catalog's own rows around a user's: figures that stand aside, and rows kept though withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "overridden",
        sa.Column("table_name", sa.Text(), nullable=False, comment="Table of the row."),
        sa.Column("row_key", sa.Text(), nullable=False, comment="Its primary key, the parts joined by ', '."),
        sa.Column("figure", sa.Text(), nullable=False, comment="Column of the row."),
        sa.Column(
            "subject_id", sa.Text(), nullable=False, comment="First part of the key: the model, accelerator, ..."
        ),
        sa.Column("value", sa.Double(), nullable=True, comment="The figure as a number; NULL: it is none."),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="The figure as text."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=True, comment="Place inside the source; NULL: the row has none."),
        sa.Column("tier", sa.Text(), nullable=True, comment="Evidence tier; NULL: the row has none."),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_overridden_source_id")),
        sa.PrimaryKeyConstraint("table_name", "row_key", "figure", name=op.f("pk_overridden")),
        comment="One row per figure of the catalog's own that a row of the user's stands in for; removing that row brings it back.",
    )
    op.create_table(
        "withdrawn",
        sa.Column("table_name", sa.Text(), nullable=False, comment="Table of the row."),
        sa.Column("row_key", sa.Text(), nullable=False, comment="Its primary key, the parts joined by ', '."),
        sa.PrimaryKeyConstraint("table_name", "row_key", name=op.f("pk_withdrawn")),
        comment="One row per row that the catalog no longer ships, kept because rows of the user's hang on it.",
    )


def downgrade() -> None:
    op.drop_table("withdrawn")
    op.drop_table("overridden")
