"""What engines reported in public logs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "engine_run",
        sa.Column("engine_run_id", sa.Text(), nullable=False, comment="Slug of the run."),
        sa.Column("engine", sa.Text(), nullable=False, comment="Engine as in engine_profile."),
        sa.Column("engine_version", sa.Text(), nullable=True, comment="Version as the log gives it."),
        sa.Column("model_as_printed", sa.Text(), nullable=False, comment="Model name in the log."),
        sa.Column("model_id", sa.Text(), nullable=True, comment="The model it is; NULL: not in the catalog."),
        sa.Column("accelerator_as_printed", sa.Text(), nullable=True, comment="Device name in the log."),
        sa.Column("accelerator_id", sa.Text(), nullable=True, comment="The device it is; NULL: unknown."),
        sa.Column("weight_format_id", sa.Text(), nullable=True, comment="Weights stored how."),
        sa.Column("kv_dtype_id", sa.Text(), nullable=True, comment="Cache stored how; NULL: the model's dtype."),
        sa.Column("devices", sa.BigInteger(), nullable=True, comment="Devices used."),
        sa.Column("tensor_parallel", sa.BigInteger(), nullable=True, comment="Tensor-parallel ranks."),
        sa.Column("pipeline_parallel", sa.BigInteger(), nullable=True, comment="Pipeline stages."),
        sa.Column("context_tokens", sa.BigInteger(), nullable=True, comment="max_model_len or context of the run."),
        sa.Column(
            "memory_utilization",
            sa.Double(),
            nullable=True,
            comment="Share of memory given to the engine; NULL: its default.",
        ),
        sa.Column("max_sequences", sa.BigInteger(), nullable=True, comment="max_num_seqs; NULL: the default."),
        sa.Column(
            "max_batched_tokens", sa.BigInteger(), nullable=True, comment="max_num_batched_tokens; NULL: the default."
        ),
        sa.Column("outcome", sa.Text(), nullable=False, comment="loaded, out_of_memory, failed or unknown."),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "outcome in ('loaded', 'out_of_memory', 'failed', 'unknown')", name=op.f("ck_engine_run_outcome")
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_engine_run_tier")),
        sa.ForeignKeyConstraint(
            ["accelerator_id"], ["accelerator.accelerator_id"], name=op.f("fk_engine_run_accelerator_id")
        ),
        sa.ForeignKeyConstraint(["kv_dtype_id"], ["kv_dtype.kv_dtype_id"], name=op.f("fk_engine_run_kv_dtype_id")),
        sa.ForeignKeyConstraint(["model_id"], ["model.model_id"], name=op.f("fk_engine_run_model_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_engine_run_source_id")),
        sa.ForeignKeyConstraint(
            ["weight_format_id"], ["weight_format.weight_format_id"], name=op.f("fk_engine_run_weight_format_id")
        ),
        sa.PrimaryKeyConstraint("engine_run_id", name=op.f("pk_engine_run")),
        comment="One row per start of an engine that somebody logged in public.",
    )
    op.create_table(
        "measurement",
        sa.Column("engine_run_id", sa.Text(), nullable=False, comment="Of which run."),
        sa.Column(
            "quantity",
            sa.Text(),
            nullable=False,
            comment="weights_bytes, kv_pool_bytes, kv_capacity_tokens, max_concurrency, activation_bytes, ...",
        ),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="Figure as the log prints it."),
        sa.Column("value", sa.Double(), nullable=False, comment="In bytes, tokens or sequences; per device."),
        sa.ForeignKeyConstraint(
            ["engine_run_id"], ["engine_run.engine_run_id"], name=op.f("fk_measurement_engine_run_id")
        ),
        sa.PrimaryKeyConstraint("engine_run_id", "quantity", name=op.f("pk_measurement")),
        comment="One row per run and quantity that the engine reported; the citation is the run's.",
    )
    op.create_table(
        "prediction",
        sa.Column("engine_run_id", sa.Text(), nullable=False, comment="For which run."),
        sa.Column("quantity", sa.Text(), nullable=False, comment="As in measurement; fits is 1 or 0."),
        sa.Column(
            "value",
            sa.Double(),
            nullable=True,
            comment="What the formulas give; NULL: unknown. In bytes, tokens or sequences.",
        ),
        sa.ForeignKeyConstraint(
            ["engine_run_id"], ["engine_run.engine_run_id"], name=op.f("fk_prediction_engine_run_id")
        ),
        sa.PrimaryKeyConstraint("engine_run_id", "quantity", name=op.f("pk_prediction")),
        comment="One row per run and quantity: our own figure, computed when the catalog is built; never seeded.",
    )


def downgrade() -> None:
    op.drop_table("prediction")
    op.drop_table("measurement")
    op.drop_table("engine_run")
