"""What engines profile of a vision tower: the largest picture, and what the tower holds at its peak."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

COUNTS = {
    "item_patches": "Patches of the largest picture by default.",
    "item_tokens": "Tokens that such a picture becomes.",
    "hidden_whole": "Values of the tower's width that a patch holds at the peak on every rank.",
    "hidden_split": "The same, of which ranks hold a share each.",
    "inner_split": "Values of the tower's inner width that a patch holds at the peak, a share on each rank.",
    "other_values": "Further values a patch, as of rotary tables.",
    "deep_levels": "Outputs of inner layers that go to the language model beside the last.",
    "table_bytes": "Tables that the tower keeps for good.",
}


def upgrade() -> None:
    op.create_table(
        "encoder_profile",
        sa.Column("architecture", sa.Text(), nullable=False, comment="Class of the models, as in model.architecture."),
        *[sa.Column(name, sa.BigInteger(), nullable=False, comment=comment) for name, comment in COUNTS.items()],
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_encoder_profile_tier")),
        sa.CheckConstraint("item_patches > 0", name=op.f("ck_encoder_profile_item_patches_positive")),
        sa.CheckConstraint("item_tokens > 0", name=op.f("ck_encoder_profile_item_tokens_positive")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_encoder_profile_source_id")),
        sa.PrimaryKeyConstraint("architecture", name=op.f("pk_encoder_profile")),
        comment="One row per architecture whose vision tower was read: what an engine's memory profiling runs of it.",
    )


def downgrade() -> None:
    op.drop_table("encoder_profile")
