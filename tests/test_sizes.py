"""Sizes and counts as people write them, and the bounds of what they may be."""

from __future__ import annotations

import pytest

from catalog_db import sizes
from catalog_db.errors import UsageError


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("32k", 32768), ("32K", 32768), ("32768", 32768), ("32,768", 32768), ("32_768", 32768), (" 1M ", 1048576),
     (8192, 8192), ("1.5k", 1536), ("1", 1)],
)  # fmt: skip
def test_count(text: str | int, wanted: int) -> None:
    assert sizes.count(text, "--context") == wanted


@pytest.mark.parametrize(
    "text", ["0", "-5", "1.5", "lots", "", "k", "1e3", "nan", "inf", "9" * 30, "0x10", "32kk", "1 000", "٣"]
)
def test_count_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--context: "):
        sizes.count(text, "--context")


def test_count_above_the_largest_names_the_range() -> None:
    with pytest.raises(UsageError, match="from 1 to 1,024"):
        sizes.count(1025, "--tp", 1024)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("80GiB", 80 * 2**30),
        ("80 GB", 80 * 10**9),
        ("24576 MiB", 24576 * 2**20),
        ("1tb", 10**12),
        ("12B", 12),
        ("1.5 KiB", 1536),
    ],
)
def test_byte_count(text: str, wanted: int) -> None:
    assert sizes.byte_count(text, "--memory") == wanted


@pytest.mark.parametrize("text", ["80", "80 G", "-1GB", "80 Gbit", ""])
def test_byte_count_without_a_unit_of_bytes_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--memory: "):
        sizes.byte_count(text, "--memory")


@pytest.mark.parametrize("value", [0.9, "0.9", 1, "1"])
def test_fraction(value: float | str) -> None:
    assert sizes.fraction(value, "--memory-utilization") == float(value)


@pytest.mark.parametrize("value", [0, -0.1, 1.01, "nan", float("nan"), "inf", "half", ""])
def test_fraction_outside_its_range_is_refused(value: float | str) -> None:
    with pytest.raises(UsageError, match="above 0, at most 1"):
        sizes.fraction(value, "--memory-utilization")
