"""What a release held is recorded, and what has changed since is found."""

import csv
from pathlib import Path

import duckdb

from catalog_db import assets, release


def test_recording_replaces_the_same_release_and_keeps_older_ones(tmp_path: Path) -> None:
    file = tmp_path / "release_row.csv"
    file.write_text("release,table_name,row_key,fingerprint\n0.1.0,model,a,1\n0.2.0,model,a,2\n", encoding="utf-8")
    release.record(file, "0.2.0", [("model", "b", "3"), ("model", "a", "4")])
    with file.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.reader(handle))
    assert rows == [
        release.HEADER,
        ["0.1.0", "model", "a", "1"],
        ["0.2.0", "model", "a", "4"],
        ["0.2.0", "model", "b", "3"],
    ]


def test_changes_are_against_the_newest_release(writable: duckdb.DuckDBPyConnection) -> None:
    writable.execute("insert into release_row select '99.0.0', table_name, row_key, fingerprint from catalog_row")
    assert writable.sql("from catalog_change").fetchall() == []
    writable.execute("update model set context_tokens = 1 where model_id = 'llama-3-8b'")
    writable.execute("delete from release_row where release = '99.0.0' and row_key = 'qwen3-32b'")
    writable.execute("insert into release_row values ('99.0.0', 'model', 'gone', '0')")
    found = writable.sql("select row_key, change, since_release from catalog_change order by row_key").fetchall()
    assert found == [("gone", "withdrawn", "99.0.0"), ("llama-3-8b", "changed", "99.0.0"), ("qwen3-32b", "added", None)]


def test_users_rows_are_no_part_of_a_release(writable: duckdb.DuckDBPyConnection) -> None:
    before = writable.sql("select count(*) from catalog_row").fetchall()
    writable.execute(
        "insert into source values ('mine', 'Mine', 'me', 'file', null, null, current_date, null, 'user');"
        " insert into accelerator_spec"
        " select accelerator_id, quantity_id, basis, as_printed, value, is_binary_unit, 'mine', 'here', tier from accelerator_spec where accelerator_id = 'h100-sxm5-80gb'"
    )
    assert writable.sql("select count(*) from catalog_row").fetchall() == before


def test_shipped_releases_are_in_order() -> None:
    with (assets.folder("seeds") / "release_row.csv").open(newline="", encoding="utf-8") as handle:
        rows = list(csv.reader(handle))[1:]
    assert rows == sorted(rows)
    assert len({row[0] for row in rows}) >= 1
