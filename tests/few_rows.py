"""The package with a few models and GPUs only: for tests of how rows and files are kept, whatever the figures are."""

from __future__ import annotations

import csv
from pathlib import Path

import catalog_db
from catalog_db import assets
from catalog_db.tables import metadata

LEFT = {
    "model": {"codegemma-2b", "llama-3-8b", "llama-3-70b", "qwen3-8b"},
    "accelerator": {"h100-sxm5-80gb", "a100-sxm4-80gb", "h200-sxm5-141gb", "l4", "l40s", "rtx-4090"},
    "system": {"p5.48xlarge", "g6.xlarge"},
}
NAMED = ("kind", "target_kind")  # columns that say of which table `target_id` is a key


def package(folder: Path) -> Path:
    """Put a package `catalog_db` into `folder` that is the tested one, with its own few seeds; gives their root."""
    home, target = Path(catalog_db.__file__).parent, folder / "catalog_db"
    target.mkdir()
    for item in home.iterdir():
        if item.name not in ("_assets", "__pycache__"):
            (target / item.name).symlink_to(item)
    root = target / "_assets"
    root.mkdir()
    for name in ("migrations", "queries"):
        (root / name).symlink_to(assets.folder(name))
    write(root / "seeds")
    return root


def write(folder: Path) -> None:
    """Write the shipped seeds without other models, accelerators and systems, and without what hangs on those."""
    folder.mkdir()
    tables = {table.name: _rows(table.name) for table in metadata.sorted_tables}
    gone: dict[str, set[str]] = {name: set() for name in tables}
    for name, ids in LEFT.items():
        gone[name] = {row[f"{name}_id"] for row in tables[name]} - ids
    for table in metadata.sorted_tables:  # parents come first, but for the tables that `kind` names: those are in LEFT
        key = next(column.name for column in table.columns if column.primary_key)
        parents = {fk.parent.name: fk.column.table.name for fk in table.foreign_keys}
        left = [
            row for row in tables[table.name] if row[key] not in gone[table.name] and not _hangs(row, parents, gone)
        ]
        if key not in parents:
            gone[table.name] = {row[key] for row in tables[table.name]} - {row[key] for row in left}
        with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, table.columns.keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(left)


def _rows(table: str) -> list[dict[str, str]]:
    file = assets.folder("seeds") / f"{table}.csv"
    if not file.exists():
        return []
    with file.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _hangs(row: dict[str, str], parents: dict[str, str], gone: dict[str, set[str]]) -> bool:
    """The row refers to one that is gone."""
    if any(row[column] in gone[parent] for column, parent in parents.items()):
        return True
    kind = next((row[column] for column in NAMED if column in row and "target_id" in row), "")
    return row.get("target_id", "") in gone.get(kind, ())
