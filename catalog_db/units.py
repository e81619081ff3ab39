"""Units by pint, for Python and as DuckDB functions; the only module that imports pint."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

# pint reads `900 Gb/s` as gilbert per second, so figures are parsed from our own short list of units only.
DEFINITIONS = """
byte = [information] = B = Byte
bit = byte / 8 = b
second = [time] = s
watt = [power] = W = Watt
flop = [operation] = FLOP = OP
kilo- = 1e3 = k- = K-
mega- = 1e6 = M-
giga- = 1e9 = G-
tera- = 1e12 = T-
peta- = 1e15 = P- = Peta-
kibi- = 2**10 = Ki-
mebi- = 2**20 = Mi-
gibi- = 2**30 = Gi-
tebi- = 2**40 = Ti-
"""


@functools.cache
def registry() -> Any:
    """A pint registry of bytes, seconds, watts and operations, with decimal and binary prefixes."""
    import pint

    return pint.UnitRegistry(DEFINITIONS.strip().splitlines(), autoconvert_offset_to_baseunit=False)


def convert_unit(value: float | None, source: str | None, target: str | None) -> float | None:
    """`value` in another unit: convert_unit(80, 'GiB', 'GB') is 85.899...; NULL stays NULL. Raises ValueError."""
    if value is None or source is None or target is None:
        return None
    try:
        return float(registry().Quantity(value, _unit(source)).to(_unit(target)).magnitude)
    except Exception as error:
        raise ValueError(f"cannot convert {source!r} to {target!r}: {error}") from error


def parse_quantity(text: str | None) -> float | None:
    """A printed figure in its base unit (bytes, bytes/s, FLOP/s, W): '3.35 TB/s' is 3.35e12. Raises ValueError."""
    if text is None:
        return None
    match = re.fullmatch(r"\s*([0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*", text)
    number, unit = (match[1].replace(",", ""), match[2]) if match else ("", "")
    try:
        return float(registry().Quantity(float(number), _unit(unit)).to_base_units().magnitude)
    except Exception as error:
        raise ValueError(f"{text!r} is not a figure and a unit such as '3.35 TB/s': {error}") from error


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register both as functions of a DuckDB connection; pint is imported when one is first called."""
    from duckdb.func import SPECIAL
    from duckdb.sqltypes import DOUBLE, VARCHAR

    connection.create_function("convert_unit", convert_unit, [DOUBLE, VARCHAR, VARCHAR], DOUBLE, null_handling=SPECIAL)
    connection.create_function("parse_quantity", parse_quantity, [VARCHAR], DOUBLE, null_handling=SPECIAL)


def _unit(text: str) -> str:
    """The unit in our own spelling: TFLOPS, TOPs, GBps, GB/sec, Gi, gb (MIG): TFLOP/s, TOP/s, GB/s, GB/s, GiB, GB."""
    unit = re.sub(r"(FLOP|OP)[sS]$", r"\1/s", re.sub(r"^gb$", "GB", text.strip()))
    unit = re.sub(r"^([KMGT]i?)$", r"\1B", unit)
    return re.sub(r"([Bb])ps$", r"\1/s", unit).replace("/sec", "/s")
