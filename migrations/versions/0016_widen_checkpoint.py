"""A checkpoint may have no known size, and may mix types in its own way: DuckDB cannot drop NOT NULL, so the table is made again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

FOUND = ("checkpoint_id", "model_id", "weight_format_id", "as_printed", "total_bytes", "source_id", "locator", "tier")


def upgrade() -> None:
    _remake(is_wide=True)


def downgrade() -> None:
    _remake(is_wide=False)


def _remake(*, is_wide: bool) -> None:
    """The table in its wider or narrower form, and those of its rows that it allows."""
    rows = sa.table("checkpoint", *(sa.column(name) for name in FOUND))
    held = op.get_bind().execute(sa.select(rows).where(rows.c.total_bytes.is_not(None))).all()
    op.drop_table("checkpoint")
    op.create_table(
        "checkpoint",
        *_columns(is_wide),
        *_constraints(is_wide),
        comment="One row per published checkpoint: the model and format it is, and its real size where known."
        if is_wide
        else "One row per published checkpoint whose real size is known.",
    )
    if held:
        added = {"is_own_mix": False} if is_wide else {}
        table = sa.table("checkpoint", *(sa.column(name) for name in (*FOUND, *added)))
        op.bulk_insert(table, [row._asdict() | added for row in held])


def _columns(is_wide: bool) -> list[sa.Column[object]]:
    mix = (
        "The maker mixes types in a way of its own (unsloth's UD, bartowski's _L), which the format only approximates."
    )
    unknown = "; NULL: not known." if is_wide else "."
    return [
        sa.Column(
            "checkpoint_id",
            sa.Text(),
            nullable=False,
            comment="Hugging Face id, with the file name where one repository holds several.",
        ),
        sa.Column("model_id", sa.Text(), nullable=False, comment="Of which model."),
        sa.Column("weight_format_id", sa.Text(), nullable=False, comment="Stored how."),
        *([sa.Column("is_own_mix", sa.Boolean(), nullable=False, comment=mix)] if is_wide else []),
        sa.Column("as_printed", sa.Text(), nullable=is_wide, comment=f"Size as the source prints it{unknown}"),
        sa.Column("total_bytes", sa.BigInteger(), nullable=is_wide, comment=f"Size of the weight files{unknown}"),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
    ]


def _constraints(is_wide: bool) -> list[sa.Constraint]:
    printed = sa.CheckConstraint(
        "(as_printed is null) = (total_bytes is null)", name=op.f("ck_checkpoint_size_is_printed")
    )
    return [
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_checkpoint_tier")),
        sa.CheckConstraint("total_bytes > 0", name=op.f("ck_checkpoint_total_bytes_positive")),
        *([printed] if is_wide else []),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_checkpoint_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_checkpoint_source_id")),
        sa.ForeignKeyConstraint(
            ["weight_format_id"], ["weight_format.weight_format_id"], name=op.f("fk_checkpoint_weight_format_id")
        ),
        sa.PrimaryKeyConstraint("checkpoint_id", name=op.f("pk_checkpoint")),
    ]
