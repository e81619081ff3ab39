"""Machines, cloud instances and slices of pods that accelerators come in, and what things cost."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Double, Table, Text

from catalog_db.tables.base import cited, key, metadata, one_of, positive, ref, ref_key, tier_check

system = Table(
    "system",
    metadata,
    key("system_id", "Slug, e.g. p5.48xlarge or dgx-h100."),
    Column("name", Text, nullable=False, comment="Name as its seller writes it."),
    ref("organization_id", "organization.organization_id", "Who sells or rents it."),
    Column("kind", Text, nullable=False, comment="desktop, board, server, rack, cloud_instance or tpu_slice."),
    Column("nodes", BigInteger, nullable=False, comment="Hosts it consists of: 18 for the trays of an NVL72 rack."),
    *cited(),
    tier_check(),
    one_of("kind", "desktop", "board", "server", "rack", "cloud_instance", "tpu_slice"),
    CheckConstraint("nodes between 1 and 10000", name="nodes"),
    comment="One row per machine, cloud instance type or slice of a pod as it is sold or rented.",
)

system_accelerator = Table(
    "system_accelerator",
    metadata,
    ref_key("system_id", "system.system_id", "Of which system."),
    ref_key("accelerator_id", "accelerator.accelerator_id", "Which accelerator is in it."),
    Column(
        "devices",
        BigInteger,
        nullable=False,
        comment="How many of it, over all nodes, counted as in accelerator: devices as software sees them.",
    ),
    *cited(),
    tier_check(),
    CheckConstraint("devices between 1 and 100000", name="devices"),
    comment="One row per system and accelerator in it.",
)

system_fact = Table(
    "system_fact",
    metadata,
    ref_key("system_id", "system.system_id", "Of which system."),
    key(
        "fact",
        "fabric (between its devices), network (between nodes), network_bytes_per_s (one way, a node), vcpus, "
        "host_memory_bytes, host (processors) or topology.",
    ),
    Column("as_printed", Text, nullable=False, comment="As the source prints it."),
    Column("value", Double, comment="As a number in the fact's unit; NULL for what is told in words."),
    *cited(in_key=True),
    tier_check(),
    one_of("fact", "fabric", "network", "network_bytes_per_s", "vcpus", "host_memory_bytes", "host", "topology"),
    *positive("value"),
    comment="One row per system, fact and place read; disagreeing statements are all kept.",
)

price = Table(
    "price",
    metadata,
    key("target_kind", "What is priced: system or accelerator."),
    key("target_id", "Key of the row that is priced."),
    key("terms", "on_demand, spot (may be taken away) or reserved (for a term): by the hour; purchase: once."),
    key("region", "The seller's name of the region; any: the price names none."),
    Column("priced_on", Date, primary_key=True, comment="Day on which the price held."),
    Column("as_printed", Text, nullable=False, comment="The price as the source prints it."),
    Column("usd_per_hour", Double, comment="US dollars an hour, for the whole system or one accelerator."),
    Column("purchase_usd", Double, comment="US dollars to buy the whole system or one accelerator."),
    *cited(in_key=True),
    tier_check(),
    one_of("target_kind", "system", "accelerator"),
    one_of("terms", "on_demand", "spot", "reserved", "purchase"),
    CheckConstraint("(usd_per_hour is null) = (terms = 'purchase')", name="hourly_amount"),
    CheckConstraint("(purchase_usd is not null) = (terms = 'purchase')", name="purchase_amount"),
    CheckConstraint("usd_per_hour > 0 and usd_per_hour < 100000", name="usd_per_hour"),
    CheckConstraint("purchase_usd > 0 and purchase_usd < 100000000", name="purchase_usd"),
    CheckConstraint("priced_on >= cast('2010-01-01' as date)", name="priced_on"),
    comment="One row per price, day, region and place read; a user's own prices have a source of origin user.",
)
