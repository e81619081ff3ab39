"""An accelerator as its user states it, or as this machine shows it -> rows of accelerator and accelerator_spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog_db import units
from catalog_db.errors import UsageError
from catalog_db.importers.understood import Origin, Row, Rows, check_name, source_row

KINDS = ("gpu", "tpu", "npu", "apu")
DENSE = ("bf16_flops", "fp16_flops", "fp32_flops", "fp8_flops", "fp4_flops", "int8_ops", "tf32_flops")
Bounds = Mapping[str, tuple[str, float, float]]


@dataclass(frozen=True)
class Stated:
    """One figure with its unit, as printed, and in the quantity's base unit."""

    quantity_id: str
    as_printed: str
    value: float


def stated(figures: Mapping[str, str | None], bounds: Bounds) -> list[Stated]:
    """The figures given. Raises UsageError naming option and allowed range; `bounds` are unit, low and high."""
    return [_one(quantity, text, bounds) for quantity, text in figures.items() if text is not None]


def _one(quantity: str, text: str, bounds: Bounds) -> Stated:
    unit, low, high = bounds[quantity]
    option = f"--{quantity.replace('_', '-')}"
    try:
        value = units.parse_quantity(text)
    except ValueError as error:
        raise UsageError(f"{option}: {text!r:.60} is no figure with a unit, such as {EXAMPLES[unit]}") from error
    if value is None or not low <= value <= high:
        raise UsageError(f"{option}: {text!r:.60} is {value:,.6g} {unit}; believable is {low:,.3g} to {high:,.3g}")
    if units.base_unit(text) != unit:
        raise UsageError(
            f"{option}: {text!r:.60} is in another unit; it is counted in {unit}, such as {EXAMPLES[unit]}"
        )
    return Stated(quantity, text.strip(), value)


EXAMPLES = {"byte": "80GiB", "byte/s": "3.35TB/s", "flop/s": "989 TFLOPS", "watt": "700 W"}


def rows(found: Row, figures: Sequence[Stated], aliases: Sequence[str], origin: Origin, is_new: bool = True) -> Rows:
    """The accelerator (unless the catalog has it) with its figures and names."""
    accelerator_id = found["accelerator_id"]
    source = source_row(f"user-gpu-{accelerator_id}", origin)
    cited = {"source_id": source["source_id"], "locator": origin.locator, "tier": origin.tier}
    return {
        "source": [source],
        "accelerator": [{**found, **cited}] if is_new else [],
        "accelerator_spec": [spec_row(accelerator_id, figure, cited) for figure in figures],
        "alias": [alias_row(check_name(name, "--alias"), accelerator_id, cited["source_id"]) for name in aliases],
    }


def spec_row(accelerator_id: str, figure: Stated, cited: Row) -> Row:
    """One statement; operations are dense ones."""
    return {
        "accelerator_id": accelerator_id, "quantity_id": figure.quantity_id,
        "basis": "dense" if figure.quantity_id in DENSE else "device",
        "as_printed": figure.as_printed, "value": figure.value, "is_binary_unit": False, **cited,
    }  # fmt: skip


def alias_row(name: str, accelerator_id: str, source_id: str) -> Row:
    """One more name."""
    return {
        "alias": name,
        "kind": "accelerator",
        "target_id": accelerator_id,
        "is_preferred": True,
        "source_id": source_id,
    }
