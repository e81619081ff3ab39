"""What became of the catalog's own rows around a user's; filled by the build."""

from sqlalchemy import Column, Double, Table, Text

from catalog_db.tables.base import key, metadata, ref

overridden = Table(
    "overridden",
    metadata,
    key("table_name", "Table of the row."),
    key("row_key", "Its primary key, the parts joined by ', '."),
    key("figure", "Column of the row."),
    Column("subject_id", Text, nullable=False, comment="First part of the key: the model, accelerator, ..."),
    Column("value", Double, comment="The figure as a number; NULL: it is none."),
    Column("as_printed", Text, nullable=False, comment="The figure as text."),
    ref("source_id", "source.source_id", "Where the row was read."),
    Column("locator", Text, comment="Place inside the source; NULL: the row has none."),
    Column("tier", Text, comment="Evidence tier; NULL: the row has none."),
    comment="One row per figure of the catalog's own that a row of the user's stands in for;"
    " removing that row brings it back.",
)

withdrawn = Table(
    "withdrawn",
    metadata,
    key("table_name", "Table of the row."),
    key("row_key", "Its primary key, the parts joined by ', '."),
    comment="One row per row that the catalog no longer ships, kept because rows of the user's hang on it.",
)
