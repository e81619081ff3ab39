"""What accelerators are slices of, and facts about them that are no quantities: dates, PCI ids."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def cited() -> list[sa.Column[str]]:
    return [
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
    ]


def upgrade() -> None:
    op.create_table(
        "accelerator_partition",
        sa.Column("accelerator_id", sa.Text(), nullable=False, comment="The partition: a row of accelerator as well."),
        sa.Column("parent_id", sa.Text(), nullable=False, comment="The device that is split."),
        sa.Column(
            "profile", sa.Text(), nullable=False, comment="Name of the split: 3g.40gb (MIG), CPX/NPS4 (AMD Instinct)."
        ),
        sa.Column(
            "most_per_parent", sa.BigInteger(), nullable=False, comment="Partitions of this kind that one device holds."
        ),
        sa.Column(
            "is_peer_to_peer", sa.Boolean(), comment="Partitions can exchange data, so that several serve one model."
        ),
        *cited(),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_accelerator_partition_tier")),
        sa.CheckConstraint("most_per_parent > 0", name=op.f("ck_accelerator_partition_most_per_parent_positive")),
        sa.ForeignKeyConstraint(
            ["accelerator_id"], ["accelerator.accelerator_id"], name=op.f("fk_accelerator_partition_accelerator_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["accelerator.accelerator_id"], name=op.f("fk_accelerator_partition_parent_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_accelerator_partition_source_id")),
        sa.PrimaryKeyConstraint("accelerator_id", name=op.f("pk_accelerator_partition")),
        comment="One row per accelerator that is a slice of another one: a MIG instance, a compute partition.",
    )
    op.create_table(
        "accelerator_fact",
        sa.Column("accelerator_id", sa.Text(), nullable=False, comment="Of which accelerator."),
        sa.Column(
            "fact",
            sa.Text(),
            nullable=False,
            comment="announced_on, available_on (YYYY-MM-DD, or YYYY-MM where no more is known) or pci_id (vendor:device).",
        ),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="As the source prints it."),
        sa.Column("value", sa.Text(), nullable=False, comment="In one form: 2022-03-22, 2022-03, 10de:2330."),
        *cited(),
        sa.CheckConstraint("fact in ('announced_on', 'available_on', 'pci_id')", name=op.f("ck_accelerator_fact_fact")),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_accelerator_fact_tier")),
        sa.ForeignKeyConstraint(
            ["accelerator_id"], ["accelerator.accelerator_id"], name=op.f("fk_accelerator_fact_accelerator_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_accelerator_fact_source_id")),
        sa.PrimaryKeyConstraint("accelerator_id", "fact", "source_id", "locator", name=op.f("pk_accelerator_fact")),
        comment="One row per accelerator, fact that is no quantity, and place read.",
    )


def downgrade() -> None:
    op.drop_table("accelerator_fact")
    op.drop_table("accelerator_partition")
