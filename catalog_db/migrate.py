"""Bring a database file's tables to the newest revision with Alembic."""

from __future__ import annotations

import warnings
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from catalog_db import assets


def config() -> Config:
    """Alembic's configuration: where the migrations lie."""
    settings = Config()
    settings.set_main_option("script_location", str(assets.folder("migrations")).replace("%", "%%"))
    return settings


def head() -> str:
    """The newest revision there is."""
    revision = ScriptDirectory.from_config(config()).get_current_head()
    assert revision is not None
    return revision


def revisions() -> list[str]:
    """Every revision, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def upgrade(path: Path, revision: str = "head") -> None:
    """Migrate the DuckDB file at `path`, in one transaction."""
    engine = create_engine(URL.create("duckdb", database=str(path)), poolclass=NullPool)
    settings = config()
    with warnings.catch_warnings(), engine.begin() as connection:
        warnings.simplefilter("ignore")
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
    engine.dispose()
