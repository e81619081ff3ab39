"""Seeds are typed, sorted and complete; a bad cell is named by file, line and column, and nothing is half-written."""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import BigInteger, Table

from catalog_db import assets, build, database, migrate, seed, units
from catalog_db.errors import UsageError
from catalog_db.tables import metadata

COPIED = ("source", "organization", "quantity", "accelerator", "accelerator_spec", "workload")
Edit = Callable[[list[list[str]]], None]
every_seed = pytest.mark.parametrize(
    "table",
    [
        table for table in metadata.sorted_tables if table.name not in ("catalog_info", "prediction")
    ],  # filled by the build
    ids=lambda table: table.name,
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows."""
    path = tmp_path_factory.mktemp("empty") / database.FILE
    migrate.upgrade(path)
    return path


@pytest.fixture
def connection(empty: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    shutil.copy2(empty, tmp_path / database.FILE)
    with contextlib.closing(database.attach(tmp_path / database.FILE, read_only=False)) as opened:
        yield opened


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of some seeds that a test may spoil."""
    folder = tmp_path / "seeds"
    folder.mkdir()
    for name in COPIED:
        shutil.copy2(assets.folder("seeds", f"{name}.csv"), folder)
    return folder


def edit(seeds: Path, table: str, change: Edit) -> Path:
    """Rewrite the seeds of a table as lists of cells, header first."""
    file = seeds / f"{table}.csv"
    with file.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.reader(handle))
    change(rows)
    with file.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)
    return file


def put(line: int, column: str, text: str) -> Edit:
    """A change of one cell; `line` as in the file, whose header is line 1."""

    def change(rows: list[list[str]]) -> None:
        rows[line - 1][rows[0].index(column)] = text

    return change


def refusal(connection: duckdb.DuckDBPyConnection, seeds: Path) -> str:
    with pytest.raises(UsageError) as caught:
        list(seed.load(connection, seeds))
    return str(caught.value)


def test_unspoilt_copy_loads(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    counts = dict(seed.load(connection, seeds))
    assert counts["accelerator"] == connection.execute("select count(*) from accelerator").fetchall()[0][0] > 100


@pytest.mark.parametrize(
    ("table", "column", "text", "wanted"),
    [
        ("accelerator", "devices_per_board", "two", "'two' is not a whole number"),
        ("accelerator", "devices_per_board", "1.5", "'1.5' is not a whole number"),
        ("accelerator_spec", "value", "80 GB", "'80 GB' is not a number"),
        ("accelerator_spec", "is_binary_unit", "yes", "'yes' is not a boolean (true or false)"),
        ("source", "published_on", "last May", "'last May' is not a date (YYYY-MM-DD)"),
        ("accelerator", "name", "", "empty, but a value is required"),
        ("accelerator", "organization_id", "nobody", "'nobody' is not a row of organization.csv"),
        ("accelerator_spec", "quantity_id", "smell", "'smell' is not a row of quantity.csv"),
    ],
)
def test_bad_cell_is_named(
    connection: duckdb.DuckDBPyConnection, seeds: Path, table: str, column: str, text: str, wanted: str
) -> None:
    file = edit(seeds, table, put(5, column, text))
    message = refusal(connection, seeds)
    assert message.startswith(str(file))
    assert re.search(r"(line|row) 5\b", message)
    assert f"column {column}" in message
    assert wanted in message


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [("accelerator", "kind", "toaster"), ("accelerator_spec", "value", "-1"), ("workload", "sequences", "0")],
)
def test_value_that_a_check_refuses_is_named(
    connection: duckdb.DuckDBPyConnection, seeds: Path, table: str, column: str, text: str
) -> None:
    file = edit(seeds, table, put(4, column, text))
    message = refusal(connection, seeds)
    assert message.startswith(str(file))
    assert re.search(r"(line|row) 4\b", message)
    assert column in message


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_number_that_is_none_is_refused(connection: duckdb.DuckDBPyConnection, seeds: Path, text: str) -> None:
    edit(seeds, "accelerator_spec", put(3, "value", text))
    assert "column value" in refusal(connection, seeds)


def test_second_row_with_a_key_is_named(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    file = edit(seeds, "accelerator", lambda rows: rows.insert(7, rows[6]))
    message = refusal(connection, seeds)
    assert message.startswith(str(file))
    assert re.search(r"(line|row) 8\b", message)
    assert "a second row with key" in message


def test_wrong_header_says_what_it_must_be(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    file = edit(seeds, "quantity", put(1, "unit", "units"))
    message = refusal(connection, seeds)
    assert message.startswith(f"{file}, line 1")
    assert "must be quantity_id,unit,low,high,description" in message


def test_empty_file_lacks_its_header(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    (seeds / "quantity.csv").write_text("", encoding="utf-8")
    assert "quantity.csv, line 1: the header must be" in refusal(connection, seeds)


@pytest.mark.parametrize("cells", [1, -1], ids=["one more", "one less"])
def test_wrong_number_of_cells_is_named(connection: duckdb.DuckDBPyConnection, seeds: Path, cells: int) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[2] = [*rows[2], "extra"] if cells > 0 else rows[2][:-1]

    file = edit(seeds, "quantity", change)
    assert refusal(connection, seeds) == f"{file}, line 3: {5 + cells} cells where the header has 5"


def test_file_that_is_not_utf_8_is_named(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    file = seeds / "quantity.csv"
    file.write_bytes(file.read_bytes() + b"\xff\xfe,watt,1,2,x\n")
    message = refusal(connection, seeds)
    assert message.startswith(str(file))
    assert "utf-8" in message


def test_open_quote_is_named(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    file = seeds / "quantity.csv"
    file.write_text(file.read_text(encoding="utf-8") + 'a,"b,1,2,x\n', encoding="utf-8")
    assert refusal(connection, seeds).startswith(str(file))


def test_text_goes_in_as_it_stands(connection: duckdb.DuckDBPyConnection, seeds: Path) -> None:
    awkward = 'a "quoted", comma; 20 % → ä \\ NULL'
    edit(seeds, "quantity", put(2, "description", awkward))
    list(seed.load(connection, seeds))
    assert connection.execute("select count(*) from quantity where description = ?", [awkward]).fetchone() == (1,)


@pytest.fixture
def spoilt_assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped assets with one bad cell in a late table."""
    root = tmp_path / "assets"
    for name in assets.FOLDERS:
        shutil.copytree(assets.folder(name), root / name)
    file = edit(root / "seeds", "remedy_figure", put(3, "tier", "Z"))
    monkeypatch.setattr(assets, "root", lambda: root)
    return file


def test_bad_seed_leaves_no_database(spoilt_assets: Path, tmp_path: Path) -> None:
    path = tmp_path / "home" / database.FILE
    with pytest.raises(UsageError, match=re.escape(spoilt_assets.name)):
        build.upgrade(path)
    assert [file.name for file in path.parent.iterdir() if not file.name.endswith(".lock")] == []


def test_bad_seed_leaves_the_database_that_was_there(spoilt_assets: Path, catalog: Path, tmp_path: Path) -> None:
    path = tmp_path / database.FILE
    shutil.copy2(catalog, path)
    before = path.read_bytes()
    with pytest.raises(UsageError):
        build.upgrade(path)
    assert path.read_bytes() == before
    assert list(tmp_path.glob(f"{build.PREFIX}*")) == []


# The shipped seeds.


def typed_key(table: Table, row: dict[str, str]) -> tuple[object, ...]:
    key = list(table.primary_key.columns)
    return tuple(int(row[c.name]) if isinstance(c.type, BigInteger) else row[c.name] for c in key)


def rows_of(name: str) -> list[dict[str, str]]:
    with assets.folder("seeds", f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


@every_seed
def test_seeds_are_sorted_by_key(table: Table) -> None:
    keys = [typed_key(table, row) for row in rows_of(table.name)]
    first = next((pair for pair in itertools.pairwise(keys) if pair[0] > pair[1]), None)
    assert first is None, f"{table.name}.csv: {first} are the wrong way round"


@every_seed
def test_seeds_have_one_line_a_row_and_end_lines_as_unix_does(table: Table) -> None:
    file = assets.folder("seeds", f"{table.name}.csv")
    text = file.read_bytes().decode()
    assert "\r" not in text
    assert text.endswith("\n")
    assert text.count("\n") == len(rows_of(table.name)) + 1


@every_seed
def test_cells_have_no_space_around_them(table: Table) -> None:
    assert [row for row in rows_of(table.name) if any(cell != cell.strip() for cell in row.values())] == []


@every_seed
def test_whole_numbers_have_no_exponent_sign_or_leading_zero(table: Table) -> None:
    whole = [c.name for c in table.columns if isinstance(c.type, BigInteger)]
    odd = [row[name] for row in rows_of(table.name) for name in whole if not re.fullmatch(r"|0|[1-9][0-9]*", row[name])]
    assert odd == []


def as_meant(text: str, is_binary_unit: bool) -> str:
    """A printed figure with its unit spelt out: "80GB" that means 2^30 bytes is "80GiB", as is the "80gb" of MIG."""
    spelt = re.sub(r"gb$", "GB", text)
    return re.sub(r"([KMGT])(B?)$", r"\1i\2", spelt) if is_binary_unit else spelt


def test_each_printed_figure_parses() -> None:
    unread = set()
    for row in rows_of("accelerator_spec"):
        try:
            units.parse_quantity(row["as_printed"])
        except ValueError:
            unread.add(row["as_printed"])
    assert sorted(unread) == []


def test_each_printed_figure_is_the_value() -> None:
    wrong = []
    for row in rows_of("accelerator_spec"):
        with contextlib.suppress(ValueError):
            parsed = units.parse_quantity(as_meant(row["as_printed"], row["is_binary_unit"] == "true"))
            if parsed is None or round(parsed) != round(float(row["value"])):
                wrong.append((row["accelerator_id"], row["quantity_id"], row["as_printed"], row["value"], parsed))
    assert wrong == []


DAY = r"20[0-9]{2}-[01][0-9](-[0-3][0-9])?"
FACTS = {"announced_on": DAY, "available_on": DAY, "pci_id": r"[0-9a-f]{4}:[0-9a-f]{4}"}


def test_each_fact_has_its_form() -> None:
    odd = [row for row in rows_of("accelerator_fact") if not re.fullmatch(FACTS[row["fact"]], row["value"])]
    assert odd == []


def test_no_figure_is_absurd() -> None:
    ranges = {row["quantity_id"]: (float(row["low"]), float(row["high"])) for row in rows_of("quantity")}
    absurd = [
        row
        for row in rows_of("accelerator_spec")
        if not ranges[row["quantity_id"]][0] <= float(row["value"]) <= ranges[row["quantity_id"]][1]
    ]
    assert absurd == []


def test_seed_rows_are_the_catalogs_own() -> None:
    assert {row["origin"] for row in rows_of("source")} == {"seed"}


def test_each_source_is_cited() -> None:
    cited = {row["source_id"] for table in metadata.sorted_tables if "source_id" in table.c and table.name != "source"
             for row in rows_of(table.name)}  # fmt: skip
    assert sorted({row["source_id"] for row in rows_of("source")} - cited) == []


def test_each_alias_names_a_row() -> None:
    keys = {
        kind: {row[f"{kind}_id"] for row in rows_of(kind)}
        for kind in ("model", "accelerator", "system", "weight_format", "kv_dtype")
    }
    keys["engine"] = {row["engine"] for row in rows_of("engine_profile")}
    assert [row for row in rows_of("alias") if row["target_id"] not in keys[row["kind"]]] == []
