"""Migrations run one by one from empty to the newest, and one that fails leaves nothing behind."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import duckdb
import pytest
from sqlalchemy.exc import SQLAlchemyError

from catalog_db import assets, migrate

BROKEN = '''"""A step that works, then one that does not."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    op.create_table("half_done", sa.Column("name", sa.Text()))
    op.execute("insert into catalog_info values ('half', 'done')")
    op.execute("select no_such_column from catalog_info")
'''


def tables(path: Path) -> set[str]:
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        return {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}


def revision(path: Path) -> str:
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as connection:
        found = connection.execute("select version_num from alembic_version").fetchone()
    assert found is not None
    return str(found[0])


def test_each_revision_can_be_reached_from_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "one-by-one.duckdb"
    seen: set[str] = set()
    for number in migrate.revisions():
        migrate.upgrade(path, number)
        assert revision(path) == number
        assert tables(path) >= seen, f"revision {number} loses a table"
        seen = tables(path)


def test_upgrade_of_the_newest_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "newest.duckdb"
    migrate.upgrade(path)
    before = (tables(path), revision(path))
    migrate.upgrade(path)
    assert (tables(path), revision(path)) == before


def test_rows_survive_the_revisions_after_them(tmp_path: Path) -> None:
    path = tmp_path / "rows.duckdb"
    migrate.upgrade(path, "0001")
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(
            "insert into source (source_id, title, publisher, origin) values ('mine', 'Mine', 'me', 'user')"
        )
    migrate.upgrade(path)
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        assert connection.execute("select title from source").fetchall() == [("Mine",)]


def test_names_survive_the_table_made_again_around_them(tmp_path: Path) -> None:
    path = tmp_path / "names.duckdb"
    migrate.upgrade(path, "0013")
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        connection.execute(
            "insert into source (source_id, title, publisher, origin) values ('mine', 'Mine', 'me', 'user')"
        )
        connection.execute("insert into alias values ('our box', 'accelerator', 'l4', true, 'mine')")
    migrate.upgrade(path)
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        assert connection.execute("from alias").fetchall() == [("our box", "accelerator", "l4", True, "mine")]
        connection.execute("insert into alias values ('our box', 'system', 'p5.48xlarge', true, 'mine')")


@pytest.fixture
def broken_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The shipped assets with one more migration that fails half way; its revision."""
    root = tmp_path / "assets"
    shutil.copytree(assets.folder("migrations"), root / "migrations")
    before = migrate.head()
    number = f"{int(before) + 1:04}"
    text = BROKEN.format(revision=number, before=before)
    (root / "migrations" / "versions" / f"{number}_break.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(assets, "root", lambda: root)
    return number


def test_failing_migration_leaves_the_database_as_it_was(tmp_path: Path, broken_migrations: str) -> None:
    path = tmp_path / "before.duckdb"
    migrate.upgrade(path, f"{int(broken_migrations) - 1:04}")
    before = (tables(path), revision(path))
    with pytest.raises(SQLAlchemyError, match="no_such_column"):
        migrate.upgrade(path)
    assert (tables(path), revision(path)) == before
    with contextlib.closing(duckdb.connect(str(path))) as connection:
        assert connection.execute("select count(*) from catalog_info").fetchone() == (0,)


def test_failing_migration_from_empty_leaves_no_table(tmp_path: Path, broken_migrations: str) -> None:
    path = tmp_path / "empty.duckdb"
    with pytest.raises(SQLAlchemyError, match="no_such_column"):
        migrate.upgrade(path)
    assert tables(path) == set()


def test_migrations_import_nothing_of_catalog_db() -> None:
    for file in assets.folder("migrations").rglob("*.py"):
        assert "catalog_db" not in file.read_text(encoding="utf-8"), file.name
