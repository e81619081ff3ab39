"""The generated parts of the READMEs are those of the catalog."""

import re

import duckdb

from catalog_db import dictionary


def without_date(text: str) -> str:
    return re.sub(r"As of \d{4}-\d\d-\d\d", "As of", text)


def test_generated_parts_are_current(db: duckdb.DuckDBPyConnection) -> None:
    for readme, (part, content) in dictionary.parts(db).items():
        text = readme.read_text(encoding="utf-8")
        assert without_date(dictionary.put(part, content, text)) == without_date(text), (
            "run python -m catalog_db.dictionary"
        )


def test_dictionary_names_every_relation(db: duckdb.DuckDBPyConnection) -> None:
    text = dictionary.text(db)
    tables = db.sql("select table_name from duckdb_tables() where database_name = 'mlsysdb'").fetchall()
    missing = [
        name for (name,) in tables if f"#### `{name}`" not in text and not name.startswith(("alembic_", "kept_"))
    ]
    assert missing == []
