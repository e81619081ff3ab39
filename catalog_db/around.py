"""How the catalog's own rows and a user's stand together: which stand aside, which stay though withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from catalog_db.keep import Own, Row, key, label, none
from catalog_db.tables import metadata

Rows = dict[str, list[Row]]
PARTS = ("layer_group", "tensor_group", "rope_table")
CITING = ("source_id", "locator", "tier")


def fact(table: Table) -> tuple[str, ...]:
    """The columns that name the fact a row states: a user's row with the same stands in for the catalog's.

    The parts of a model are one fact: a user's take the place of all of the catalog's, or two descriptions would mix.
    """
    return ("model_id",) if table.name in PARTS else tuple(table.primary_key.columns.keys())


def renamed(own: Own, seeds: Rows) -> Own:
    """The user's rows with sources of their own, where a newer catalog took the same id for one of its sources."""
    taken = {row[0] for row in seeds["source"]}
    names = {row[0]: f"user-{row[0]}" for row in own["source"] if row[0] in taken}
    if not names:
        return own
    return {name: [_renamed(metadata.tables[name], row, names) for row in rows] for name, rows in own.items()}


def _renamed(table: Table, row: Row, names: dict[Any, str]) -> Row:
    places = [number for number, column in enumerate(table.columns) if column.name == "source_id"]
    return tuple(names.get(value, value) if number in places else value for number, value in enumerate(row))


def overridden(table: Table, seeds: Sequence[Row], mine: Sequence[Row]) -> list[Row]:
    """The figures of the seed rows that the user's rows stand in for, as rows of the table `overridden`."""
    if "source_id" not in table.c or not mine:
        return []
    columns = table.columns.keys()
    places = [columns.index(name) for name in fact(table)]
    facts = {tuple(row[place] for place in places) for row in mine}
    aside = [row for row in seeds if tuple(row[place] for place in places) in facts]
    return [figure for row in aside for figure in _figures(table, row)]


def _figures(table: Table, row: Row) -> list[Row]:
    cells = dict(zip(table.columns.keys(), row, strict=True))
    cited = tuple(cells.get(name) for name in CITING)
    return [
        (table.name, label(table, row), name, key(table, row)[0], _number(value), str(value), *cited)
        for name, value in cells.items()
        if value is not None and name not in CITING and not table.c[name].primary_key
    ]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def withdrawn(own: Own, old: Rows, seeds: Rows) -> Own:
    """Rows of an older catalog that the user's rows hang on and that the new one no longer has, described whole.

    What such a row refers to and its parts (an accelerator's figures, a model's tensors) come along: it has answers.
    """
    lacking = _Lacking(own, old, seeds)
    for name, rows in own.items():
        for row in rows:
            lacking.follow(name, row)
    return lacking.found


class _Lacking:
    """The search for old rows: from the user's up to what they refer to, and down to the parts of what was found."""

    def __init__(self, own: Own, old: Rows, seeds: Rows) -> None:
        self.found = none()
        self.old = {(name, key(metadata.tables[name], row)): row for name, rows in old.items() for row in rows}
        self.here = {(name, key(metadata.tables[name], row)) for name in seeds for row in [*seeds[name], *own[name]]}
        self.parts: dict[tuple[str, Any], list[tuple[str, Row]]] = {}
        for (name, _), row in self.old.items():
            for owner in owners(metadata.tables[name], row):
                self.parts.setdefault(owner, []).append((name, row))

    def follow(self, name: str, row: Row) -> None:
        for parent, wanted in references(metadata.tables[name], row):
            lost = self.old.get((parent, (wanted,)))
            if lost is not None:
                self._keep(parent, lost)

    def _keep(self, name: str, row: Row) -> None:
        place = (name, key(metadata.tables[name], row))
        if place in self.here:
            return
        self.here.add(place)
        self.found[name].append(row)
        self.follow(name, row)
        if name != "source":  # what it was read in keeps no other row
            for child, part in self.parts.get((name, row[0]), []):
                self._keep(child, part)


def owners(table: Table, row: Row) -> list[tuple[str, Any]]:
    """What a row is a part of: the parents named by its key."""
    return [(parent, value) for column, parent, value in _named(table, row) if table.c[column].primary_key]


def references(table: Table, row: Row) -> list[tuple[str, Any]]:
    """The rows that a row names, by foreign key, or as an alias and a price do: table and key."""
    return [(parent, value) for _, parent, value in _named(table, row)]


def _named(table: Table, row: Row) -> list[tuple[str, str, Any]]:
    cells = dict(zip(table.columns.keys(), row, strict=True))
    named = [(fk.parent.name, fk.column.table.name, cells[fk.parent.name]) for fk in table.foreign_keys]
    kind = cells.get("target_kind", cells.get("kind"))
    if "target_id" in cells and kind in metadata.tables:  # an alias, a price
        named.append(("target_id", str(kind), cells["target_id"]))
    return [(column, parent, value) for column, parent, value in named if value is not None]
