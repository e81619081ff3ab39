"""A user's rows as CSV read back as exactly the same rows, whatever their text; bad files are told by place."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Date, Double

from catalog_db import own_csv, own_rows
from catalog_db.errors import UsageError
from catalog_db.keep import Own
from catalog_db.tables import metadata

NASTY = (
    '=cmd|"/c calc"!A1', "+1", "-1", "@SUM(A1)", "\tx", "a,b", 'a"b', '"', "a\nb", "a\rb", "a\r\nb", " a ", "'", "NULL",
    "null", "true", "1e5", "007", "-", "\ufeffa", "ü你好🙂", "\u202e", "a;b", "#", "\\N", "%s", "\x7f", "\x1b[31m",
)  # fmt: skip
TEXT = st.one_of(
    st.sampled_from(NASTY), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
)
TABLES = ("source", "alias", "accelerator_spec", "model")


def of_type(column: Column[Any]) -> st.SearchStrategy[Any]:
    kinds: dict[type, st.SearchStrategy[Any]] = {
        Boolean: st.booleans(),
        BigInteger: st.integers(-(2**63) + 1, 2**63 - 1),
        Double: st.floats(allow_nan=False, allow_infinity=False),
        Date: st.dates(date(1, 1, 1)),
    }
    found = next((values for kind, values in kinds.items() if isinstance(column.type, kind)), TEXT)
    return found | st.none() if column.nullable else found


@st.composite
def rows(draw: st.DrawFn) -> Own:
    """Rows of several tables, constraints between columns aside."""
    return {
        name: draw(st.lists(st.tuples(*(of_type(column) for column in metadata.tables[name].columns)), max_size=3))
        for name in TABLES
    }


def back(folder: Path) -> Own:
    """What the files hold, as rows in the order of the columns and of their types."""
    return {
        name: [
            tuple(own_rows.value(metadata.tables[name], column, row[column.name]) for column in metadata.tables[name].c)
            for row in some
        ]
        for name, some in own_csv.read(folder).items()
    }


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(rows())
def test_what_was_written_is_read(own: Own) -> None:
    wanted = {name: some for name, some in own.items() if some}
    with tempfile.TemporaryDirectory() as folder:
        assert own_csv.write(own, Path(folder)) == {name: len(some) for name, some in wanted.items()}
        if wanted:
            assert back(Path(folder)) == wanted


def one(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("aliass.csv", b"a\n1\n", "no table aliass"),
        ("prediction.csv", b"a\n1\n", "no table prediction"),
        ("alias.csv", b"", "header"),
        ("alias.csv", b"alias,aim\n", "header"),
        ("alias.csv", b"alias,alias\n", "header"),
        ("alias.csv", b"alias,kind\nx\n", r"line 2: 1 cells where the header has 2"),
        ("alias.csv", b"alias,is_preferred\nx,yes\n", "line 2, column is_preferred: 'yes'"),
        ("alias.csv", b"alias\n\xff\n", "not a readable CSV"),
        ("alias.csv", b'alias\n"x\n', "not a readable CSV"),
        ("workload.csv", b"sequences\n1.5\n", "line 2, column sequences: '1.5'"),
        ("workload.csv", b"workload_id\n\n", "line 2: 0 cells"),
        ("accelerator_spec.csv", b"value\nnan\n", "line 2, column value: 'nan'"),
        ("source.csv", b"accessed_on\n1.1.2026\n", "line 2, column accessed_on"),
    ],
)
def test_bad_file_is_told_by_place(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        own_csv.read(one(tmp_path, name, content))
    assert name in str(caught.value)


def test_columns_in_any_order_and_only_some(tmp_path: Path) -> None:
    one(tmp_path, "alias.csv", "\ufeffkind,alias\r\nmodel,x\r\n".encode())
    assert own_csv.read(tmp_path) == {"alias": [{"kind": "model", "alias": "x"}]}


def test_folder_with_other_files_is_not_written_into(tmp_path: Path) -> None:
    one(tmp_path, "prices.csv", b"theirs")
    with pytest.raises(UsageError, match=r"prices\.csv"):
        own_csv.write({"alias": [("x", "model", "y", True, "us")]}, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["prices.csv"]


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    one(tmp_path, "mine", b"")
    with pytest.raises(UsageError, match="mine"):
        own_csv.write({"alias": [("x", "model", "y", True, "us")]}, tmp_path / "mine")
