"""Accelerators and the cited statements about them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "quantity",
        sa.Column("quantity_id", sa.Text(), nullable=False, comment="What is stated, e.g. memory, bf16_flops."),
        sa.Column(
            "unit", sa.Text(), nullable=False, comment="Base unit of every stored value: byte, byte/s, flop/s, watt."
        ),
        sa.Column("low", sa.Double(), nullable=False, comment="Smallest value that is not absurd, in the base unit."),
        sa.Column("high", sa.Double(), nullable=False, comment="Largest value that is not absurd, in the base unit."),
        sa.Column("description", sa.Text(), nullable=False, comment="What the quantity means."),
        sa.PrimaryKeyConstraint("quantity_id", name=op.f("pk_quantity")),
        comment="One row per quantity that is stated of accelerators.",
    )
    op.create_table(
        "accelerator",
        sa.Column("accelerator_id", sa.Text(), nullable=False, comment="Slug, e.g. h100-sxm5-80gb."),
        sa.Column("name", sa.Text(), nullable=False, comment="The vendor's name."),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="Vendor."),
        sa.Column("kind", sa.Text(), nullable=False, comment="gpu, tpu, npu or apu (memory shared with the host)."),
        sa.Column("architecture", sa.Text(), nullable=True, comment="Vendor's architecture name."),
        sa.Column("form_factor", sa.Text(), nullable=True, comment="SXM5, PCIe, OAM, ..."),
        sa.Column("memory_type", sa.Text(), nullable=True, comment="HBM3, GDDR6X, LPDDR5X, ..."),
        sa.Column(
            "devices_per_board", sa.BigInteger(), nullable=False, comment="Devices that one board or package shows."
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("kind in ('gpu', 'tpu', 'npu', 'apu')", name=op.f("ck_accelerator_kind")),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_accelerator_tier")),
        sa.CheckConstraint("devices_per_board > 0", name=op.f("ck_accelerator_devices_per_board_positive")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.organization_id"], name=op.f("fk_accelerator_organization_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_accelerator_source_id")),
        sa.PrimaryKeyConstraint("accelerator_id", name=op.f("pk_accelerator")),
        comment="One row per device as software sees it (MI250X: one of its two dies).",
    )
    op.create_table(
        "accelerator_spec",
        sa.Column("accelerator_id", sa.Text(), nullable=False, comment="Of which accelerator."),
        sa.Column("quantity_id", sa.Text(), nullable=False, comment="Which quantity."),
        sa.Column(
            "basis",
            sa.Text(),
            nullable=False,
            comment="What the figure counts: device, board, dense, sparse, one_way or both_ways.",
        ),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="Figure and unit as the source prints them."),
        sa.Column("value", sa.Double(), nullable=False, comment="The figure in the quantity's base unit."),
        sa.Column(
            "is_binary_unit", sa.Boolean(), nullable=False, comment="The printed GB or TB means 2^30 or 2^40 bytes."
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "basis in ('device', 'board', 'dense', 'sparse', 'one_way', 'both_ways')",
            name=op.f("ck_accelerator_spec_basis"),
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_accelerator_spec_tier")),
        sa.CheckConstraint("value > 0", name=op.f("ck_accelerator_spec_value_positive")),
        sa.ForeignKeyConstraint(
            ["accelerator_id"], ["accelerator.accelerator_id"], name=op.f("fk_accelerator_spec_accelerator_id")
        ),
        sa.ForeignKeyConstraint(
            ["quantity_id"], ["quantity.quantity_id"], name=op.f("fk_accelerator_spec_quantity_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_accelerator_spec_source_id")),
        sa.PrimaryKeyConstraint(
            "accelerator_id", "quantity_id", "basis", "source_id", "locator", name=op.f("pk_accelerator_spec")
        ),
        comment="One row per accelerator, quantity, basis and place read; disagreeing statements are all kept.",
    )


def downgrade() -> None:
    op.drop_table("accelerator_spec")
    op.drop_table("accelerator")
    op.drop_table("quantity")
