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
