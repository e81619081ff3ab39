"""Sources, organizations, accelerators and what is said of them."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Table, Text

from catalog_db.tables.base import (
    cited,
    key,
    metadata,
    one_of,
    positive,
    ref,
    ref_key,
    tier_check,
)

source = Table(
    "source",
    metadata,
    key("source_id", "Slug of the source."),
    Column("title", Text, nullable=False, comment="Title as the publisher gives it."),
    Column("publisher", Text, nullable=False, comment="Who published it."),
    Column("url", Text, comment="Where it can be read; NULL for a user's own statement."),
    Column("revision", Text, comment="Commit or document version that was read."),
    Column("published_on", Date, comment="Date of publication (of the commit, for a repository)."),
    Column("accessed_on", Date, comment="Date it was read."),
    Column("licence", Text, comment="Licence of the source (SPDX) where it states one."),
    Column("origin", Text, nullable=False, comment="seed: ships with the catalog; user: added by its user."),
    one_of("origin", "seed", "user"),
    comment="One row per document, repository or log that a value was read in.",
)

organization = Table(
    "organization",
    metadata,
    key("organization_id", "Slug; for model makers their Hugging Face name in lower case."),
    Column("name", Text, nullable=False, comment="Name as people write it."),
    ref("source_id", "source.source_id", "Whose row it is: the catalog's or a user's."),
    comment="One row per maker of models or accelerators.",
)

quantity = Table(
    "quantity",
    metadata,
    key("quantity_id", "What is stated, e.g. memory, bf16_flops."),
    Column("unit", Text, nullable=False, comment="Base unit of every stored value: byte, byte/s, flop/s, watt."),
    Column("low", Double, nullable=False, comment="Smallest value that is not absurd, in the base unit."),
    Column("high", Double, nullable=False, comment="Largest value that is not absurd, in the base unit."),
    Column("description", Text, nullable=False, comment="What the quantity means."),
    comment="One row per quantity that is stated of accelerators.",
)

accelerator = Table(
    "accelerator",
    metadata,
    key("accelerator_id", "Slug, e.g. h100-sxm5-80gb."),
    Column("name", Text, nullable=False, comment="The vendor's name."),
    ref("organization_id", "organization.organization_id", "Vendor."),
    Column("kind", Text, nullable=False, comment="gpu, tpu, npu or apu (memory shared with the host)."),
    Column("architecture", Text, comment="Vendor's architecture name."),
    Column("form_factor", Text, comment="SXM5, PCIe, OAM, ..."),
    Column("memory_type", Text, comment="HBM3, GDDR6X, LPDDR5X, ..."),
    Column("devices_per_board", BigInteger, nullable=False, comment="Devices that one board or package shows."),
    *cited(),
    tier_check(),
    one_of("kind", "gpu", "tpu", "npu", "apu"),
    *positive("devices_per_board"),
    comment="One row per device as software sees it (MI250X: one of its two dies).",
)

accelerator_spec = Table(
    "accelerator_spec",
    metadata,
    ref_key("accelerator_id", "accelerator.accelerator_id", "Of which accelerator."),
    ref_key("quantity_id", "quantity.quantity_id", "Which quantity."),
    key("basis", "What the figure counts: device, board, dense, sparse, one_way or both_ways."),
    Column("as_printed", Text, nullable=False, comment="Figure and unit as the source prints them."),
    Column("value", Double, nullable=False, comment="The figure in the quantity's base unit."),
    Column("is_binary_unit", Boolean, nullable=False, comment="The printed GB or TB means 2^30 or 2^40 bytes."),
    *cited(in_key=True),
    tier_check(),
    one_of("basis", "device", "board", "dense", "sparse", "one_way", "both_ways"),
    *positive("value"),
    comment="One row per accelerator, quantity, basis and place read; disagreeing statements are all kept.",
)

accelerator_partition = Table(
    "accelerator_partition",
    metadata,
    ref_key("accelerator_id", "accelerator.accelerator_id", "The partition: a row of accelerator as well."),
    ref("parent_id", "accelerator.accelerator_id", "The device that is split."),
    Column("profile", Text, nullable=False, comment="Name of the split: 3g.40gb (MIG), CPX/NPS4 (AMD Instinct)."),
    Column("most_per_parent", BigInteger, nullable=False, comment="Partitions of this kind that one device holds."),
    Column("is_peer_to_peer", Boolean, comment="Partitions can exchange data, so that several serve one model."),
    *cited(),
    tier_check(),
    *positive("most_per_parent"),
    comment="One row per accelerator that is a slice of another one: a MIG instance, a compute partition.",
)

accelerator_fact = Table(
    "accelerator_fact",
    metadata,
    ref_key("accelerator_id", "accelerator.accelerator_id", "Of which accelerator."),
    key(
        "fact", "announced_on, available_on (YYYY-MM-DD, or YYYY-MM where no more is known) or pci_id (vendor:device)."
    ),
    Column("as_printed", Text, nullable=False, comment="As the source prints it."),
    Column("value", Text, nullable=False, comment="In one form: 2022-03-22, 2022-03, 10de:2330."),
    *cited(in_key=True),
    tier_check(),
    one_of("fact", "announced_on", "available_on", "pci_id"),
    comment="One row per accelerator, fact that is no quantity, and place read.",
)

alias = Table(
    "alias",
    metadata,
    key("alias", "A name people use; matched without case, '-', '_' and spaces."),
    key("kind", "What it names: model, accelerator, system, weight_format, kv_dtype or engine."),
    key("target_id", "Key of the row it names."),
    Column("is_preferred", Boolean, nullable=False, comment="The one meant when several rows share the name."),
    ref("source_id", "source.source_id", "Whose row it is: the catalog's or a user's."),
    one_of("kind", "model", "accelerator", "weight_format", "kv_dtype", "engine", "system"),
    comment="One row per name and the thing it may mean.",
)
