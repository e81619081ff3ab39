"""A SQL catalog of ML models and accelerators: which models fit which GPUs, every figure with its source.

>>> import catalog_db
>>> with catalog_db.connect() as db:
...     db.sql("select model, headroom_bytes from fits('H100') where fits").df()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog_db.version import __version__

__all__ = ["__version__", "connect", "fits"]

if TYPE_CHECKING:
    import duckdb

    from catalog_db.query import Answer


def connect(database: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open the catalog read-only, with pint's `convert_unit` and `parse_quantity` registered.

    `database` is a path to an mlsysdb file; None means MLSYSDB_DATABASE, else the embedded database, which is
    built on first use. Raises `catalog_db.errors.DatabaseError` when it cannot be used.
    """
    from catalog_db import database as databases
    from catalog_db import units

    connection = databases.open_catalog(database, is_python=True)
    units.register(connection)
    return connection


def fits(
    gpu: str | None = None,
    model: str | None = None,
    *,
    inventory: Any = None,
    database: str | None = None,
    **options: Any,
) -> Answer:
    """Which models fit `gpu`, which accelerators hold `model`, or which machines of `inventory` hold what.

    `context`, `batch`, `gpus`, `tp`, `pp`, `ep`, `weights`, `kv_dtype`, `engine`, `memory_utilization`,
    `max_sequences`, `max_batched_tokens`, `enforce_eager`, `beyond_context`; with an inventory (a path, a URL, a data
    frame or an Arrow table) also `per`, `table`, `sql` and `mapping` ({"gpu": "card_model"}). Sizes read as people
    write them ("32k").
    Returns all rows, verdicts of false included; `.df()`, `.pl()` and `.arrow()` give them as DuckDB does. Raises
    `catalog_db.errors.UsageError` for a name that is unknown or ambiguous and for a value out of range.
    """
    from catalog_db import fleet, question
    from catalog_db.errors import UsageError

    if inventory is not None and gpu is not None:
        raise UsageError("fits wants either a GPU or an inventory, and not both")
    if inventory is not None:
        return fleet.fits(inventory, model=model, database=database, **options)
    return question.fits(gpu=gpu, model=model, database=database, **options)
