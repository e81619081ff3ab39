"""A measured run may say more of what it switched on: DuckDB cannot change a CHECK, so the table is made again."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

BEFORE = "speculative_mtp: the model's own MTP layers were loaded. cold_compile: PyTorch compiled the graph anew."
AFTER = (
    f"{BEFORE} flashinfer: FlashInfer was there to sample with. "
    "language_model_only: vision and audio towers were not loaded. prefix_caching: asked for on a hybrid model. wsl2: it ran under WSL2."
)


def upgrade() -> None:
    _remake(
        "run_option in ('speculative_mtp', 'cold_compile', 'flashinfer', 'language_model_only', 'prefix_caching', 'wsl2')",
        AFTER,
        "1 = 1",
    )


def downgrade() -> None:
    _remake(
        "run_option in ('speculative_mtp', 'cold_compile')", BEFORE, "run_option in ('speculative_mtp', 'cold_compile')"
    )


def _remake(check: str, comment: str, kept: str) -> None:
    """The table with another CHECK, and those of its rows that it allows."""
    rows = sa.table("run_option", sa.column("engine_run_id"), sa.column("run_option"))
    held = op.get_bind().execute(sa.select(rows).where(sa.text(kept))).all()
    op.drop_table("run_option")
    op.create_table(
        "run_option",
        sa.Column("engine_run_id", sa.Text(), nullable=False, comment="Of which run."),
        sa.Column("run_option", sa.Text(), nullable=False, comment=comment),
        sa.CheckConstraint(check, name=op.f("ck_run_option_run_option")),
        sa.ForeignKeyConstraint(
            ["engine_run_id"], ["engine_run.engine_run_id"], name=op.f("fk_run_option_engine_run_id")
        ),
        sa.PrimaryKeyConstraint("engine_run_id", "run_option", name=op.f("pk_run_option")),
        comment="One row per run and thing it switched on that changes its memory; the citation is the run's.",
    )
    if held:
        op.bulk_insert(rows, [row._asdict() for row in held])
