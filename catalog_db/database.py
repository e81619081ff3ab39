"""Find, open and attach the catalog. The read path: imports DuckDB and nothing heavier."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

from catalog_db import assets
from catalog_db.errors import DatabaseError
from catalog_db.version import __version__

NAME = "mlsysdb"
FILE = "mlsysdb.duckdb"
VARIABLE = "MLSYSDB_DATABASE"


def default_path() -> Path:
    """The embedded database: in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("mlsysdb", appauthor=False) / FILE


def chosen_path(database: str | None) -> tuple[Path, bool]:
    """The file to use, and whether it is the embedded one (ours to build and refresh)."""
    asked = database or os.environ.get(VARIABLE)
    return (Path(asked).expanduser(), False) if asked else (default_path(), True)


def open_catalog(database: str | None = None, *, is_python: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection with the catalog attached read-only as `mlsysdb` and in use; builds the embedded one if needed."""
    path, is_embedded = chosen_path(database)
    if is_embedded and not path.exists():
        _build(path)
    elif not path.exists():
        raise DatabaseError(f"no database at {path}: make one with `mlsysdb upgrade --database {path}`")
    connection = attach(path, is_python=is_python)
    if is_embedded and _is_stale(connection):
        connection.close()
        _build(path)
        connection = attach(path, is_python=is_python)
    return _checked(connection, path)


def attach(path: Path, *, read_only: bool = True, is_python: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection in memory with the file attached as `mlsysdb` and in use. Raises DatabaseError naming what is wrong.

    A team's database that has the catalog as a schema `mlsysdb` is attached as `warehouse`, and that schema is in use.
    """
    # Looking for Python variables of a table's name would import pandas where it is installed.
    connection = duckdb.connect(config={"python_enable_replacements": is_python})
    try:
        connection.execute(attach_statement(path, "READ_ONLY" if read_only else "READ_WRITE"))
        if is_schema(connection):
            connection.execute("detach mlsysdb")
            connection.execute(attach_statement(path, "READ_ONLY" if read_only else "READ_WRITE", "warehouse"))
            connection.execute("use warehouse.mlsysdb")
        else:
            connection.execute("use mlsysdb")
    except duckdb.Error as error:
        connection.close()
        raise DatabaseError(reason(path, error)) from error
    return connection


def is_schema(connection: duckdb.DuckDBPyConnection) -> bool:
    """The attached file is a team's database that has the catalog as its schema `mlsysdb`."""
    found = connection.execute("select database_name from duckdb_schemas() where schema_name = 'mlsysdb'").fetchall()
    return bool(found)


def attach_statement(path: Path, option: str, alias: str = NAME) -> str:
    """ATTACH takes no bound parameters: the path is quoted."""
    return f"attach {quoted_text(str(path))} as {alias} ({option})"


def quoted_text(text: str) -> str:
    """A text as SQL writes it, for the few statements that take no bound parameters."""
    return "'" + text.replace("'", "''") + "'"


def quoted_name(name: str) -> str:
    """The name of a table, column or schema as SQL writes it, whatever letters it has."""
    return '"' + name.replace('"', '""') + '"'


def info(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What the database records about itself; empty when it is no catalog."""
    try:
        return dict(connection.execute("select name, value from mlsysdb.catalog_info").fetchall())
    except duckdb.Error:
        return {}


def schema_revision() -> str:
    """The newest migration's number, read off its file name: alembic is not imported to answer a question."""
    return max(file.name[:4] for file in assets.folder("migrations", "versions").glob("[0-9]*.py"))


def _is_stale(connection: duckdb.DuckDBPyConnection) -> bool:
    known = info(connection)
    is_ours_or_older = known.get("schema", "0000") <= schema_revision() and known.get("version", "0") <= __version__
    return is_ours_or_older and known.get("fingerprint") != assets.fingerprint()


def _checked(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyConnection:
    known = info(connection).get("schema")
    if known == schema_revision():
        return connection
    connection.close()
    raise DatabaseError(_schema_message(path, known))


def _schema_message(path: Path, known: str | None) -> str:
    if known is None:
        return f"{path} is not an mlsysdb catalog: name another, or make one with `mlsysdb upgrade --database NEW_FILE`"
    if known > schema_revision():
        made = f"{path} was made by a newer mlsysdb (schema {known}, this is {schema_revision()})"
        return f"{made}: upgrade with `pip install --upgrade mlsysdb`"
    return f"{path} has an older schema ({known}, this is {schema_revision()}): run `mlsysdb upgrade --database {path}`"


def _build(path: Path) -> None:
    from catalog_db import build

    build.ensure(path)


def reason(path: Path, error: duckdb.Error) -> str:
    """Why the file cannot be opened, and what mends it."""
    text = str(error).splitlines()[0]
    if "lock" in text.lower():
        return f"{path} is locked by another process that writes to it: try again when it has ended ({text})"
    if path.is_dir():
        return f"{path} is a folder, not a database file"
    return (
        f"{path} cannot be opened: {text}. If it is damaged, move it away and run `mlsysdb upgrade --database {path}`"
    )
