"""The choice of format and number of devices is the one that a search over every possibility finds."""

import duckdb
import pytest


def searched(db: duckdb.DuckDBPyConnection, model: str, formats: str) -> dict[str, tuple[str, int]]:
    """For each accelerator the widest format that fits on any number of devices, and the fewest devices for it."""
    rows = db.execute(
        "select accelerator, weight_format, devices, format_bits from plan("
        "null, ?, null, null, null, null, null, null, ?, null, 'vllm', null, null, null, false, false) where fits",
        [model, formats],
    ).fetchall()
    best: dict[str, tuple[float, int, str]] = {}
    for accelerator, weight_format, devices, bits in rows:
        found = (-bits, devices, weight_format)
        best[accelerator] = min(best.get(accelerator, found), found)
    return {accelerator: (weight_format, devices) for accelerator, (_, devices, weight_format) in best.items()}


@pytest.mark.parametrize("model", ["llama-3-70b", "deepseek-v3", "gpt-oss-120b", "qwen3-next-80b-a3b-instruct"])
@pytest.mark.parametrize("formats", ["auto", "native"])
def test_widest_format_and_fewest_devices(db: duckdb.DuckDBPyConnection, model: str, formats: str) -> None:
    answered = db.execute(
        "select accelerator, weight_format, devices from fits_model(?, weight_format := ?) where fits", [model, formats]
    ).fetchall()
    assert len(answered) > 50
    wanted = searched(db, model, formats)
    assert {accelerator: (weight_format, devices) for accelerator, weight_format, devices in answered} == wanted


def test_one_device_fewer_does_not_hold_it(db: duckdb.DuckDBPyConnection) -> None:
    least = db.sql(
        "select accelerator, devices from fits_model('llama-3-70b', weight_format := 'native')"
        " where fits and devices > 1"
    ).fetchall()
    assert len(least) > 50
    for accelerator, devices in least[:: max(1, len(least) // 8)]:
        fewer = db.execute(
            "select fits from fits(?, devices := ?, weight_format := 'native') where model = 'llama-3-70b'",
            [accelerator, devices // 2],
        ).fetchall()
        assert fewer == [(False,)]
