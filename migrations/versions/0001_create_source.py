"""Documents that values are read in, and the makers of models and accelerators."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("source_id", sa.Text(), nullable=False, comment="Slug of the source."),
        sa.Column("title", sa.Text(), nullable=False, comment="Title as the publisher gives it."),
        sa.Column("publisher", sa.Text(), nullable=False, comment="Who published it."),
        sa.Column("url", sa.Text(), nullable=True, comment="Where it can be read; NULL for a user's own statement."),
        sa.Column("revision", sa.Text(), nullable=True, comment="Commit or document version that was read."),
        sa.Column(
            "published_on", sa.Date(), nullable=True, comment="Date of publication (of the commit, for a repository)."
        ),
        sa.Column("accessed_on", sa.Date(), nullable=True, comment="Date it was read."),
        sa.Column("licence", sa.Text(), nullable=True, comment="Licence of the source (SPDX) where it states one."),
        sa.Column(
            "origin", sa.Text(), nullable=False, comment="seed: ships with the catalog; user: added by its user."
        ),
        sa.CheckConstraint("origin in ('seed', 'user')", name=op.f("ck_source_origin")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source")),
        comment="One row per document, repository or log that a value was read in.",
    )
    op.create_table(
        "organization",
        sa.Column(
            "organization_id",
            sa.Text(),
            nullable=False,
            comment="Slug; for model makers their Hugging Face name in lower case.",
        ),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as people write it."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Whose row it is: the catalog's or a user's."),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_organization_source_id")),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization")),
        comment="One row per maker of models or accelerators.",
    )


def downgrade() -> None:
    op.drop_table("organization")
    op.drop_table("source")
