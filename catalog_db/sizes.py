"""Read sizes and counts as people write them: 32k, 128K, 1M, 80GiB, 8,192."""

from __future__ import annotations

import re

from catalog_db.errors import UsageError

COUNTS = {"": 1, "k": 1024, "m": 1024**2}
BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
BYTES |= {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}


def count(text: str | int, what: str, largest: int = 10**9) -> int:
    """A whole number of tokens, sequences or devices; k means 1,024. Raises UsageError naming `what`."""
    value = _number(str(text), COUNTS, what, "such as 8192, 8,192 or 32k")
    if not 1 <= value <= largest or value != int(value):
        raise UsageError(f"{what}: {text!r} is out of range: a whole number from 1 to {largest:,}")
    return int(value)


def byte_count(text: str | int, what: str) -> int:
    """A number of bytes, such as 80GiB or 24576 MiB. Raises UsageError naming `what`."""
    return int(_number(str(text), BYTES, what, "such as 80GiB or 24 GB"))


def fraction(value: float | str, what: str) -> float:
    """A number above 0 and at most 1. Raises UsageError naming `what`."""
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number <= 1:
        raise UsageError(f"{what}: {value!r} is out of range: above 0, at most 1")
    return number


def _number(text: str, units: dict[str, int], what: str, example: str) -> float:
    match = re.fullmatch(r"\s*([0-9][0-9,_]*(?:\.[0-9]+)?)\s*([a-zA-Z]*)\s*", text)
    if not match or match[2].lower() not in units:
        raise UsageError(f"{what}: {text!r} is not a number {example}")
    return float(match[1].replace(",", "").replace("_", "")) * units[match[2].lower()]
