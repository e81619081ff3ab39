"""A .sql file is split into header, definition and tests."""

from __future__ import annotations

from pathlib import Path

from catalog_db import sqlfile

WHOLE = """-- Twice a number,
-- said at length.
--
-- Source: arithmetic.

create or replace macro twice(number bigint) as
-- a comment inside
2 * number;

-- tests

select twice(2) = 4 as two_and_two;
"""


def parsed(folder: Path, text: str, name: str = "twice.sql") -> sqlfile.SqlFile:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return sqlfile.read(file)


def test_name_is_the_file_name_without_its_ending(tmp_path: Path) -> None:
    assert parsed(tmp_path, WHOLE).name == "twice"


def test_header_is_the_leading_comment_without_dashes(tmp_path: Path) -> None:
    assert parsed(tmp_path, WHOLE).header == "Twice a number,\nsaid at length.\n\nSource: arithmetic."


def test_summary_is_the_first_paragraph_on_one_line(tmp_path: Path) -> None:
    assert parsed(tmp_path, WHOLE).summary == "Twice a number, said at length."


def test_definition_keeps_its_own_comments_and_none_of_the_tests(tmp_path: Path) -> None:
    definition = parsed(tmp_path, WHOLE).definition
    assert definition.startswith("create or replace macro twice")
    assert "-- a comment inside" in definition
    assert definition.endswith("2 * number;")


def test_tests_are_what_stands_below_the_mark(tmp_path: Path) -> None:
    assert parsed(tmp_path, WHOLE).tests == "select twice(2) = 4 as two_and_two;"


def test_file_without_tests_has_none(tmp_path: Path) -> None:
    assert parsed(tmp_path, "-- One row.\n\nselect 1\n").tests == ""


def test_file_without_header_has_an_empty_one(tmp_path: Path) -> None:
    found = parsed(tmp_path, "select 1\n")
    assert (found.header, found.summary, found.definition) == ("", "", "select 1")


def test_file_of_comments_alone_has_no_definition(tmp_path: Path) -> None:
    assert parsed(tmp_path, "-- Only words.\n").definition == ""


def test_names_beyond_ascii_are_read_as_utf_8(tmp_path: Path) -> None:
    assert parsed(tmp_path, "-- 20% higher → ÄÖÜ.\n\nselect 1\n").header == "20% higher → ÄÖÜ."


def test_folder_is_read_by_name_and_only_its_sql_files(tmp_path: Path) -> None:
    for name in ("b.sql", "a.sql", "notes.md"):
        (tmp_path / name).write_text("select 1\n", encoding="utf-8")
    assert [file.name for file in sqlfile.read_folder(tmp_path)] == ["a", "b"]
