"""Put functions, views and table macros into an attached catalog, with their comments, and run the checks."""

from __future__ import annotations

import csv

import duckdb

from catalog_db import assets, database, progress, query, sqlfile
from catalog_db.errors import DatabaseError

COLUMNS = """
    select
        columns.table_name, columns.column_name, columns.comment,
        starts_with(columns.table_name, 'kept_')
        or columns.table_name in (select view_name from duckdb_views() as views
            where views.database_name = current_database() and views.schema_name = current_schema()
        )
    from duckdb_columns() as columns
    where columns.database_name = current_database() and columns.schema_name = current_schema() and not columns.internal
    order by columns.table_name, columns.column_index
"""
FOLDERS = (("functions", "macro"), ("views", "view"), ("tables", "macro table"))
# Views that every answer reads whole: their rows are kept as tables kept_<view>; a question then takes half the time.
# Those that read another's kept rows come after it.
KEPT = (
    "accelerator_memory", "engine_default_for", "engine_rule", "model_cache", "model_kv_width", "model_trait",
    "model_encoder", "model_weight", "whole_weight", "name", "packed_cache", "checkpoint_name", "resolved_name",
)  # fmt: skip


class CheckFailed(DatabaseError):
    """A rule of the catalog does not hold."""


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Create everything of queries/functions, views and tables. Raises DatabaseError when a definition fails."""
    _create_all(connection)
    _comment_columns(connection)


def refresh(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep the rows of the KEPT views anew: needed after any row of the catalog has changed."""
    for view in KEPT:
        _keep(connection, view)
    _comment_columns(connection)


def _keep(connection: duckdb.DuckDBPyConnection, view: str) -> None:
    kept = f"kept_{view}"
    connection.execute(_drop(kept))
    connection.execute(_kept(view, kept))
    connection.execute(comment("table", kept, f"The rows of {view}, kept when the catalog was built or upgraded."))


def predict(connection: duckdb.DuckDBPyConnection) -> None:
    """Compute our own figure for each measured run, to publish the error beside it."""
    connection.execute("delete from prediction")
    connection.execute("insert into prediction " + query.report_sql("predictions"))


def verify(connection: duckdb.DuckDBPyConnection, *, is_strict: bool = True) -> None:
    """Run every check but that of the kept rows, which are fresh. Unless `is_strict`, only tell what fails."""
    for check, rows in run_checks(connection, but="kept_rows_are_current"):
        if not rows:
            continue
        told = f"check {check.name} fails ({check.summary}): {rows[:3]}"
        if is_strict:
            raise CheckFailed(told)
        progress.warn(f"rows of yours break a rule, and are kept: {told}")


def run_checks(
    connection: duckdb.DuckDBPyConnection, but: str = ""
) -> list[tuple[sqlfile.SqlFile, list[tuple[object, ...]]]]:
    """Each check (a query that returns the offending rows) with those it returns: none when all is well."""
    checks = sqlfile.read_folder(assets.folder("queries", "checks"))
    return [(check, _offending(connection, check)) for check in checks if check.name != but]


def _offending(connection: duckdb.DuckDBPyConnection, check: sqlfile.SqlFile) -> list[tuple[object, ...]]:
    """The rows that a check returns; one with DuckDB's message where a value lets it not be run."""
    try:
        return connection.execute(check.definition).fetchall()
    except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException) as error:
        return [(str(error).splitlines()[0],)]


def _create_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Create in whatever order the references allow: a file that fails is tried again after the others."""
    files = [(file, kind) for folder, kind in FOLDERS for file in sqlfile.read_folder(assets.folder("queries", folder))]
    while files:
        failed = [(file, kind, error) for file, kind in files if (error := _create(connection, file, kind))]
        if len(failed) == len(files):
            raise DatabaseError(
                "; ".join(f"{file.name}.sql: {str(error).splitlines()[0]}" for file, _, error in failed)
            )
        files = [(file, kind) for file, kind, _ in failed]


def _create(connection: duckdb.DuckDBPyConnection, file: sqlfile.SqlFile, kind: str) -> Exception | None:
    try:
        connection.execute(file.definition)
        connection.execute(comment(kind, file.name, file.summary))
        if kind == "view" and file.name in KEPT:
            _keep(connection, file.name)
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as error:
        return error
    return None


def _comment_columns(connection: duckdb.DuckDBPyConnection) -> None:
    """Comment the columns of views: same name, same meaning; queries/columns.csv has what no table has."""
    with assets.folder("queries").joinpath("columns.csv").open(newline="", encoding="utf-8") as handle:
        comments = {row["column_name"]: row["comment"] for row in csv.DictReader(handle)}
    columns = connection.execute(COLUMNS).fetchall()
    for _, column, text, _ in columns:
        if text:
            comments.setdefault(column, text)
    for table, column, _, is_view in columns:
        if is_view and column in comments:
            connection.execute(comment("column", f"{table}.{column}", comments[column]))


def _kept(view: str, table: str) -> str:
    """CREATE TABLE takes no bound parameters; both names are our own."""
    return f'create table "{table}" as from "{view}"'


def _drop(table: str) -> str:
    """DROP takes no bound parameters; the name is one of our own."""
    return f'drop table if exists "{table}"'


def comment(kind: str, name: str, text: str) -> str:
    """COMMENT takes no bound parameters; both come from our own files and are quoted."""
    quoted_name = ".".join(f'"{part}"' for part in name.split("."))
    return f"comment on {kind} {quoted_name} is {database.quoted_text(text)}"
