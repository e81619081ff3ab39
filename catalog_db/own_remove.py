"""Take back rows of a user's own: what goes along, and what must not be left hanging."""

from __future__ import annotations

import difflib
from collections import Counter

from catalog_db.around import owners, references
from catalog_db.errors import UsageError
from catalog_db.keep import Own, Row, key, label
from catalog_db.tables import metadata

Found = set[tuple[str, Row]]


def by_name(own: Own, seeds: Own, name: str, table: str | None) -> Found:
    """The user's rows of that name. Raises UsageError for a name that is not theirs, or that several tables have."""
    tables = [table] if table else list(own)
    if table and table not in own:
        raise UsageError(f"--table {table}: no such table; there are {', '.join(sorted(own))}")
    found = [(t, row) for t in tables if _is_named(t) for row in own[t] if key(metadata.tables[t], row)[0] == name]
    if not found:
        raise UsageError(_unknown(own, seeds, name))
    if len({t for t, _ in found}) > 1:
        raise UsageError(f"{name!r} is in {', '.join(sorted({t for t, _ in found}))}: say which with --table")
    return set(found)


def by_source(own: Own, source: str) -> Found:
    """A source of the user's and every row that cites it."""
    mine = [row[0] for row in own["source"]]
    if source not in mine:
        raise UsageError(f"--source {source}: no source of yours; yours are {', '.join(sorted(mine)) or 'none'}")
    return {(t, row) for t, rows in own.items() for row in rows if _cites(t, row, source)}


def without(own: Own, seeds: Own, gone: Found, with_dependents: bool) -> tuple[Own, Counter[str]]:
    """The user's other rows, and how many went of each table. Raises UsageError where some would be left hanging."""
    back = {t: {key(metadata.tables[t], row) for row in rows} for t, rows in seeds.items()}
    while more := _hanging(own, back, gone, parts_only=True) or _hanging(own, back, gone, parts_only=False):
        dependents = {item for item in more if not _is_part(item, gone)}
        if dependents and not with_dependents:
            listed = ", ".join(sorted(f"{t} {label(metadata.tables[t], row)}" for t, row in dependents))
            raise UsageError(f"rows of yours hang on it: {listed}; --with-dependents takes them back too")
        gone |= more
    gone |= _unused_sources(own, gone)
    left = {t: [row for row in rows if (t, row) not in gone] for t, rows in own.items()}
    return left, Counter(t for t, _ in gone)


def _is_named(table: str) -> bool:
    return len(metadata.tables[table].primary_key.columns) == 1 or table == "alias"


def _unknown(own: Own, seeds: Own, name: str) -> str:
    if any(_is_named(t) and key(metadata.tables[t], row)[0] == name for t, rows in seeds.items() for row in rows):
        return f"{name!r} is the catalog's own, not yours; rows of yours about it go with --source ID"
    names = {key(metadata.tables[t], row)[0] for t, rows in own.items() if _is_named(t) for row in rows}
    near = difflib.get_close_matches(name, names) or sorted(names)
    return f"{name!r} is no row of yours; yours are {', '.join(near) or 'none'}"


def _cites(table: str, row: Row, source: str) -> bool:
    columns = metadata.tables[table].columns.keys()
    return "source_id" in columns and row[columns.index("source_id")] == source


def _hanging(own: Own, back: dict[str, set[Row]], gone: Found, *, parts_only: bool) -> Found:
    """The user's rows that refer to rows that go, unless the catalog's own row of that key comes back."""
    lost = {(t, row[0]) for t, row in gone if (row[0],) not in back[t]}
    return {
        (t, row)
        for t, rows in own.items()
        for row in rows
        if (t, row) not in gone
        and lost.intersection(references(metadata.tables[t], row))
        and (not parts_only or _is_part((t, row), gone))
    }


def _is_part(item: tuple[str, Row], gone: Found) -> bool:
    table, row = item
    named = {(t, r[0]) for t, r in gone if t != "source"}
    return bool(named.intersection(owners(metadata.tables[table], row)))


def _unused_sources(own: Own, gone: Found) -> Found:
    """Sources that only the rows cite that go."""
    left = [(t, row) for t, rows in own.items() for row in rows if t != "source" and (t, row) not in gone]
    went = [(t, row) for t, row in gone if t != "source"]
    return {
        ("source", row)
        for row in own["source"]
        if any(_cites(t, r, row[0]) for t, r in went) and not any(_cites(t, r, row[0]) for t, r in left)
    }
