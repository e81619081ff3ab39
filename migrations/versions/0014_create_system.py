"""Systems and cloud instances that accelerators come in, what is said of them, and what things cost.

Their names are aliases of a new kind: DuckDB cannot change a CHECK, so the table of aliases is made again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

KINDS = "'model', 'accelerator', 'weight_format', 'kv_dtype', 'engine'"
KINDS_COMMENT = "What it names: model, accelerator, weight_format, kv_dtype or engine."


def upgrade() -> None:
    op.create_table(
        "system",
        sa.Column("system_id", sa.Text(), nullable=False, comment="Slug, e.g. p5.48xlarge or dgx-h100."),
        sa.Column("name", sa.Text(), nullable=False, comment="Name as its seller writes it."),
        sa.Column("organization_id", sa.Text(), nullable=False, comment="Who sells or rents it."),
        sa.Column(
            "kind",
            sa.Text(),
            nullable=False,
            comment="desktop, board, server, rack, cloud_instance or tpu_slice.",
        ),
        sa.Column(
            "nodes", sa.BigInteger(), nullable=False, comment="Hosts it consists of: 18 for the trays of an NVL72 rack."
        ),
        *_cited(),
        sa.CheckConstraint(
            "kind in ('desktop', 'board', 'server', 'rack', 'cloud_instance', 'tpu_slice')", name=op.f("ck_system_kind")
        ),
        sa.CheckConstraint("nodes between 1 and 10000", name=op.f("ck_system_nodes")),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_system_tier")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.organization_id"], name=op.f("fk_system_organization_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_system_source_id")),
        sa.PrimaryKeyConstraint("system_id", name=op.f("pk_system")),
        comment="One row per machine, cloud instance type or slice of a pod as it is sold or rented.",
    )
    op.create_table(
        "system_accelerator",
        sa.Column("system_id", sa.Text(), nullable=False, comment="Of which system."),
        sa.Column("accelerator_id", sa.Text(), nullable=False, comment="Which accelerator is in it."),
        sa.Column(
            "devices",
            sa.BigInteger(),
            nullable=False,
            comment="How many of it, over all nodes, counted as in accelerator: devices as software sees them.",
        ),
        *_cited(),
        sa.CheckConstraint("devices between 1 and 100000", name=op.f("ck_system_accelerator_devices")),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_system_accelerator_tier")),
        sa.ForeignKeyConstraint(["system_id"], ["system.system_id"], name=op.f("fk_system_accelerator_system_id")),
        sa.ForeignKeyConstraint(
            ["accelerator_id"], ["accelerator.accelerator_id"], name=op.f("fk_system_accelerator_accelerator_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_system_accelerator_source_id")),
        sa.PrimaryKeyConstraint("system_id", "accelerator_id", name=op.f("pk_system_accelerator")),
        comment="One row per system and accelerator in it.",
    )
    op.create_table(
        "system_fact",
        sa.Column("system_id", sa.Text(), nullable=False, comment="Of which system."),
        sa.Column(
            "fact",
            sa.Text(),
            nullable=False,
            comment="fabric (between its devices), network (between nodes), network_bytes_per_s (one way, a node), vcpus, "
            "host_memory_bytes, host (processors) or topology.",
        ),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="As the source prints it."),
        sa.Column(
            "value",
            sa.Double(),
            nullable=True,
            comment="As a number in the fact's unit; NULL for what is told in words.",
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint(
            "fact in ('fabric', 'network', 'network_bytes_per_s', 'vcpus', 'host_memory_bytes', 'host', 'topology')",
            name=op.f("ck_system_fact_fact"),
        ),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_system_fact_tier")),
        sa.CheckConstraint("value > 0", name=op.f("ck_system_fact_value_positive")),
        sa.ForeignKeyConstraint(["system_id"], ["system.system_id"], name=op.f("fk_system_fact_system_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_system_fact_source_id")),
        sa.PrimaryKeyConstraint("system_id", "fact", "source_id", "locator", name=op.f("pk_system_fact")),
        comment="One row per system, fact and place read; disagreeing statements are all kept.",
    )
    _create_price()
    _remake_alias(
        f"kind in ({KINDS}, 'system')", "What it names: model, accelerator, system, weight_format, kv_dtype or engine."
    )


def downgrade() -> None:
    _remake_alias(f"kind in ({KINDS})", KINDS_COMMENT)
    for table in ("price", "system_fact", "system_accelerator", "system"):
        op.drop_table(table)


def _cited() -> list[sa.Column]:
    return [
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
    ]


def _create_price() -> None:
    op.create_table(
        "price",
        sa.Column("target_kind", sa.Text(), nullable=False, comment="What is priced: system or accelerator."),
        sa.Column("target_id", sa.Text(), nullable=False, comment="Key of the row that is priced."),
        sa.Column(
            "terms",
            sa.Text(),
            nullable=False,
            comment="on_demand, spot (may be taken away) or reserved (for a term): by the hour; purchase: once.",
        ),
        sa.Column(
            "region", sa.Text(), nullable=False, comment="The seller's name of the region; any: the price names none."
        ),
        sa.Column("priced_on", sa.Date(), nullable=False, comment="Day on which the price held."),
        sa.Column("as_printed", sa.Text(), nullable=False, comment="The price as the source prints it."),
        sa.Column(
            "usd_per_hour",
            sa.Double(),
            nullable=True,
            comment="US dollars an hour, for the whole system or one accelerator.",
        ),
        sa.Column(
            "purchase_usd", sa.Double(), nullable=True, comment="US dollars to buy the whole system or one accelerator."
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Where the row was read."),
        sa.Column("locator", sa.Text(), nullable=False, comment="Place inside the source: path, table, row or key."),
        sa.Column("tier", sa.Text(), nullable=False, comment="Evidence tier: A, B+, B, B-, C or U (see seeds/README)."),
        sa.CheckConstraint("target_kind in ('system', 'accelerator')", name=op.f("ck_price_target_kind")),
        sa.CheckConstraint("terms in ('on_demand', 'spot', 'reserved', 'purchase')", name=op.f("ck_price_terms")),
        sa.CheckConstraint("(usd_per_hour is null) = (terms = 'purchase')", name=op.f("ck_price_hourly_amount")),
        sa.CheckConstraint("(purchase_usd is not null) = (terms = 'purchase')", name=op.f("ck_price_purchase_amount")),
        sa.CheckConstraint("usd_per_hour > 0 and usd_per_hour < 100000", name=op.f("ck_price_usd_per_hour")),
        sa.CheckConstraint("purchase_usd > 0 and purchase_usd < 100000000", name=op.f("ck_price_purchase_usd")),
        sa.CheckConstraint("priced_on >= cast('2010-01-01' as date)", name=op.f("ck_price_priced_on")),
        sa.CheckConstraint("tier in ('A', 'B+', 'B', 'B-', 'C', 'U')", name=op.f("ck_price_tier")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_price_source_id")),
        sa.PrimaryKeyConstraint(
            "target_kind", "target_id", "terms", "region", "priced_on", "source_id", "locator", name=op.f("pk_price")
        ),
        comment="One row per price, day, region and place read; a user's own prices have a source of origin user.",
    )


def _remake_alias(check: str, comment: str) -> None:
    """The table with another CHECK, and those of its rows that it allows."""
    names = ("alias", "kind", "target_id", "is_preferred", "source_id")
    rows = sa.table("alias", *map(sa.column, names))
    held = op.get_bind().execute(sa.select(rows).where(sa.text(check))).all()
    op.drop_table("alias")
    op.create_table(
        "alias",
        sa.Column(
            "alias", sa.Text(), nullable=False, comment="A name people use; matched without case, '-', '_' and spaces."
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment=comment),
        sa.Column("target_id", sa.Text(), nullable=False, comment="Key of the row it names."),
        sa.Column(
            "is_preferred", sa.Boolean(), nullable=False, comment="The one meant when several rows share the name."
        ),
        sa.Column("source_id", sa.Text(), nullable=False, comment="Whose row it is: the catalog's or a user's."),
        sa.CheckConstraint(check, name=op.f("ck_alias_kind")),
        sa.ForeignKeyConstraint(["source_id"], ["source.source_id"], name=op.f("fk_alias_source_id")),
        sa.PrimaryKeyConstraint("alias", "kind", "target_id", name=op.f("pk_alias")),
        comment="One row per name and the thing it may mean.",
    )
    if held:
        op.bulk_insert(rows, [row._asdict() for row in held])
