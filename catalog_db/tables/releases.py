"""What each release held."""

from sqlalchemy import Column, Table, Text

from catalog_db.tables.base import key, metadata

release_row = Table(
    "release_row",
    metadata,
    key("release", "Version of the catalog."),
    key("table_name", "Table of the row."),
    key("row_key", "Its key; parts joined by a vertical bar."),
    Column("fingerprint", Text, nullable=False, comment="First 12 digits of the MD5 of its figures."),
    comment="One row per release and row of the catalog that it held.",
)
