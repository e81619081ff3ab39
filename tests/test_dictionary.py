"""The generated parts of the READMEs are those of the catalog."""

import re
from pathlib import Path

import duckdb

from catalog_db import dictionary

CHECKOUT = Path(__file__).parent.parent


def without_date(text: str) -> str:
    return re.sub(r"As of \d{4}-\d\d-\d\d", "As of", text)


def test_generated_parts_are_current(db: duckdb.DuckDBPyConnection) -> None:
    for readme, part, content in dictionary.parts(db, CHECKOUT):
        text = readme.read_text(encoding="utf-8")
        current = without_date(dictionary.put(part, content, text))
        assert current == without_date(text), "run python -m catalog_db.dictionary"


def test_dictionary_names_every_relation(db: duckdb.DuckDBPyConnection) -> None:
    text = dictionary.text(db)
    tables = db.sql("select table_name from duckdb_tables() where database_name = 'mlsysdb'").fetchall()
    ours = [name for (name,) in tables if not name.startswith(("alembic_", "kept_"))]
    assert [name for name in ours if f"#### `{name}`" not in text] == []
