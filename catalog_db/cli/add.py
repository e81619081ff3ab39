"""Commands that add rows of the user's own: models, accelerators, prices, measurements."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer

from catalog_db import database as databases
from catalog_db import query
from catalog_db.cli.app import app
from catalog_db.cli.options import Database, say
from catalog_db.errors import UsageError

adding = typer.Typer(help="Add a model, a GPU, a price or a measurement of your own.", no_args_is_help=True)
app.add_typer(adding, name="add")

SOURCES = "A config.json, a checkpoint's folder, a .safetensors or .gguf file, or a Hugging Face id (owner/name)."
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what was understood and write nothing.")]
Replace = Annotated[bool, typer.Option("--replace", help="Stand in for the catalog's own row of that id.")]


@adding.command("model")
def add_model(
    source: Annotated[str, typer.Argument(help=SOURCES)],
    name: Annotated[str | None, typer.Option(help="Its name. Default: the folder's, file's or repository's.")] = None,
    model_id: Annotated[str | None, typer.Option("--id", help="Its id. Default: made from the name.")] = None,
    revision: Annotated[str | None, typer.Option(help="Branch, tag or commit of a Hugging Face repository.")] = None,
    yes: Yes = False, dry_run: DryRun = False, replace: Replace = False, database: Database = None,
) -> None:  # fmt: skip
    """Add a model: shows what it understood (tensors, cache, size) before it writes."""
    from catalog_db.importers import summary, understood

    check_terminal(yes, dry_run)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        known = {row[0] for row in query.report(connection, "architectures")}
        found, default, owner = _read_model(source, revision, known)
        name = understood.check_name(default if name is None else name, "--name")
        model_id = understood.check_id(understood.slug(name) if model_id is None else model_id)
        check_free(connection, "model", model_id, replace)
        check_name_free(connection, "model", name, model_id, replace)
        engines = _engines(connection, found)
        maker = _maker(connection, owner)
        tables = understood.rows(found, model_id, name, maker[1], engines)
    write(understood.together(maker[0], tables), summary.lines(found, tables, model_id), yes, dry_run, database)
    say(*([] if dry_run else [f"mlsysdb fits --model {model_id}"]))


def _read_model(source: str, revision: str | None, known: set[str]) -> tuple[Any, str, str | None]:
    """What is understood, a name for it, and whose it is (None: the user's)."""
    path = Path(source).expanduser()
    if not _is_hub_id(source, path):
        from catalog_db.importers import local

        if revision is not None:
            raise UsageError("--revision: goes with a Hugging Face id, and this is a path")
        found = local.read(path, known)
        stem = path.resolve().parent.name if path.name == "config.json" else path.resolve().stem
        return found, stem or "model", None
    from catalog_db.importers import hub

    found = hub.read(source, revision, known)
    return found, source.partition("/")[2].partition(":")[0], source.partition("/")[0]


def _is_hub_id(source: str, path: Path) -> bool:
    """owner/name, unless something of that name lies here or it looks like a file."""
    from catalog_db.importers.hub_id import is_hub_id

    try:
        return is_hub_id(source) and not path.exists()
    except OSError as error:
        raise UsageError(f"{source[:100]!r}: {error.strerror}") from error


def _engines(connection: duckdb.DuckDBPyConnection, found: Any) -> list[str]:
    """Engines that load a checkpoint's own format: those of the nearest format of the catalog."""
    if found.storage is None or found.is_exact_recipe:
        _check_format(connection, found)
        return []
    engines = [row[0] for row in query.report(connection, "format_engines", {"format": found.format_id})]
    if not engines:
        found.format_id = "unknown"
        found.notes.append("no format of the catalog is like this one: only the ideal engine is said to load it")
    return engines or ["ideal"]


def _check_format(connection: duckdb.DuckDBPyConnection, found: Any) -> None:
    """A format that the catalog does not hold is told, and left unknown."""
    if found.format_id and not len(query.report(connection, "format_engines", {"format": found.format_id})):
        found.notes.append(
            f"the config says {found.format_id}, which the catalog has no rules for: name one with --weights"
        )
        found.format_id = None


def _maker(connection: duckdb.DuckDBPyConnection, owner: str | None) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Rows for the maker where the catalog has none, and its id."""
    from catalog_db.importers import understood

    organization_id = "yours" if owner is None else understood.slug(owner)
    if is_there(connection, "organization", organization_id) == "seed":
        return {}, organization_id
    url = f"https://huggingface.co/{owner}" if owner else None
    return understood.owner_rows(organization_id, owner or "Yours", url), organization_id


# ---------------------------------------------------------------- what all of them share


def is_there(connection: duckdb.DuckDBPyConnection, kind: str, key: str) -> str | None:
    """Whether the catalog has that row: seed, user, or None."""
    row = query.report(connection, "whose", {"kind": kind, "id": key}).first
    return None if row is None else str(row["origin"])


def check_free(connection: duckdb.DuckDBPyConnection, kind: str, key: str, replace: bool) -> None:
    """Refuse an id that is taken."""
    whose = is_there(connection, kind, key)
    if whose == "user":
        raise UsageError(f"{kind} {key} is yours already: give another --id, or take it back with `mlsysdb remove`")
    if whose == "seed" and not replace:
        raise UsageError(f"{kind} {key} is in the catalog: `mlsysdb show {key}`; give another --id, or --replace it")


def check_name_free(connection: duckdb.DuckDBPyConnection, kind: str, name: str, key: str, replace: bool) -> None:
    """Refuse a name that means something else: what people ask for by it would silently be another thing."""
    meant = {str(row[0]) for row in query.report(connection, "resolve", {"kind": kind, "text": name}).rows} - {key}
    if meant and not replace:
        raise UsageError(
            f"the name {name!r:.80} means {', '.join(sorted(meant)[:5])}: give another --name, or --replace it"
        )


def check_terminal(yes: bool, dry_run: bool) -> None:
    """Nothing can be asked where no one answers."""
    if not (yes or dry_run or sys.stdin.isatty()):
        raise UsageError("nobody to ask here: add --yes to write, or --dry-run to see what would be written")


def write(
    rows: dict[str, list[dict[str, Any]]], shown: list[str], yes: bool, dry_run: bool, database: str | None
) -> None:
    """Show, ask, write."""
    print("\n".join(shown))
    if dry_run:
        say("nothing was written (--dry-run)")
        return
    if not yes and not typer.confirm("Add this?", err=True):
        raise UsageError("nothing was written")
    from catalog_db import own

    path, _ = databases.chosen_path(database)
    own.add(path, rows)
