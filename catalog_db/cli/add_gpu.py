"""`mlsysdb add gpu` and `mlsysdb add price`: hardware of the user's own, and what it costs."""

from __future__ import annotations

import contextlib
import math
from datetime import UTC, date, datetime
from typing import Annotated, Any

import duckdb
import typer

from catalog_db import database as databases
from catalog_db import names, query
from catalog_db.cli.add import (
    DryRun,
    Replace,
    Yes,
    adding,
    check_free,
    check_name_free,
    check_terminal,
    is_there,
    write,
)
from catalog_db.cli.options import Database, say
from catalog_db.errors import UsageError

Figure = Annotated[str | None, typer.Option(help="A figure with its unit.")]
Tables = dict[str, list[dict[str, Any]]]


@adding.command("gpu")
def add_gpu(
    name: Annotated[str | None, typer.Option(help="Its name.")] = None,
    gpu_id: Annotated[str | None, typer.Option("--id", help="Its id. Default: made from the name.")] = None,
    here: Annotated[bool, typer.Option("--here", help="The GPUs of this machine, as their driver shows them.")] = False,
    vendor: Annotated[str | None, typer.Option(help="Who makes it: nvidia, amd, intel, ...")] = None,
    kind: Annotated[str, typer.Option(help="gpu, tpu, npu or apu (memory shared with the host).")] = "gpu",
    memory: Annotated[str | None, typer.Option(help="As advertised: 80GiB (80GB are 80e9 bytes).")] = None,
    visible_memory: Annotated[str | None, typer.Option(help="Memory that the driver shows: 81559MiB.")] = None,
    runtime_memory: Annotated[str | None, typer.Option(help="Memory that the runtime can allocate: 79.19GiB.")] = None,
    bandwidth: Annotated[str | None, typer.Option("--bandwidth", help="Of its memory: 3.35TB/s.")] = None,
    bf16_flops: Figure = None, fp16_flops: Figure = None, fp8_flops: Figure = None, fp4_flops: Figure = None,
    int8_ops: Figure = None, tdp: Annotated[str | None, typer.Option(help="Power: 700W.")] = None,
    memory_type: Annotated[str | None, typer.Option(help="HBM3, GDDR6X, ...")] = None,
    architecture: Annotated[str | None, typer.Option(help="The vendor's name for its architecture.")] = None,
    form_factor: Annotated[str | None, typer.Option(help="SXM5, PCIe, ...")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="One more name; may be given several times.")] = None,
    yes: Yes = False, dry_run: DryRun = False, replace: Replace = False, database: Database = None,
) -> None:  # fmt: skip
    """Add a GPU or another accelerator: from its figures, or the ones of this machine."""
    check_terminal(yes, dry_run)
    figures = {
        "memory": memory, "visible_memory": visible_memory, "runtime_memory": runtime_memory,
        "memory_bandwidth": bandwidth,
        "bf16_flops": bf16_flops, "fp16_flops": fp16_flops, "fp8_flops": fp8_flops, "fp4_flops": fp4_flops,
        "int8_ops": int8_ops, "tdp": tdp,
    }  # fmt: skip
    words = {"memory_type": memory_type, "architecture": architecture, "form_factor": form_factor}
    with contextlib.closing(databases.open_catalog(database)) as connection:
        if here:
            if name or any(figures.values()):
                raise UsageError("--here: takes what the driver shows; leave out --name and the figures")
            tables, shown = _here(connection)
        else:
            tables, shown = _stated(connection, name, gpu_id, vendor, kind, figures, words, alias or [], replace)
    if not tables:
        print("\n".join(shown))
        return
    write(tables, shown, yes, dry_run, database)


def _stated(
    connection: duckdb.DuckDBPyConnection, name: str | None, gpu_id: str | None, vendor: str | None, kind: str,
    figures: dict[str, str | None], words: dict[str, str | None], aliases: list[str], replace: bool,
) -> tuple[Tables, list[str]]:  # fmt: skip
    """A GPU from its figures."""
    from catalog_db.importers import accelerators, understood

    if name is None:
        raise UsageError("--name: name the GPU, or take the GPUs of this machine with --here")
    if kind not in accelerators.KINDS:
        raise UsageError(f"--kind: {kind!r:.40} is not one of {', '.join(accelerators.KINDS)}")
    if not (figures["memory"] or figures["visible_memory"]):
        raise UsageError("--memory (or --visible-memory): a GPU without it answers nothing, such as --memory 80GiB")
    name = understood.check_name(name, "--name")
    accelerator_id = understood.check_id(gpu_id or understood.slug(name))
    check_free(connection, "accelerator", accelerator_id, replace)
    for each in (name, *aliases):
        check_name_free(connection, "accelerator", each, accelerator_id, replace)
    stated = accelerators.stated(figures, _bounds(connection))
    checked = {key: understood.check_name(text, f"--{key.replace('_', '-')}") for key, text in words.items() if text}
    maker, organization_id = _vendor(connection, vendor)
    row = {
        "accelerator_id": accelerator_id, "name": name, "organization_id": organization_id, "kind": kind,
        "devices_per_board": 1, **checked,
    }  # fmt: skip
    origin = understood.Origin(f"Own statement on {name}", "the user of this catalog", None, "stated by hand", "C")
    tables = understood.together(maker, accelerators.rows(row, stated, aliases, origin))
    return tables, _lines(row, stated)


def _here(connection: duckdb.DuckDBPyConnection) -> tuple[Tables, list[str]]:
    """The GPUs of this machine: those that the catalog knows get what their driver shows, the others are new."""
    from catalog_db.importers import accelerators, this_machine, understood

    tables: Tables = {}
    shown: list[str] = []
    for seen, count in this_machine.accelerators():
        shown.append(f"{count} x {seen.name}: {seen.memory_bytes:,} bytes ({seen.told_by})")
        known = _resolved(connection, seen.name)
        accelerator_id = known or understood.slug(seen.name)
        if is_there(connection, "source", f"user-gpu-{accelerator_id}"):
            shown.append(f"  {accelerator_id}: yours already")
            continue
        row = {
            "accelerator_id": accelerator_id, "name": seen.name, "organization_id": seen.vendor, "kind": "gpu",
            "devices_per_board": 1,
        }  # fmt: skip
        figure = accelerators.Stated("visible_memory", f"{seen.memory_bytes:,} bytes", float(seen.memory_bytes))
        origin = understood.Origin(f"This machine's {seen.name}", "the user of this catalog", None, seen.told_by, "C")
        tables = understood.together(tables, accelerators.rows(row, [figure], [], origin, is_new=known is None))
        shown.append(f"  {accelerator_id}: {'in the catalog; its own memory is added' if known else 'new'}")
    return tables, shown


def _resolved(connection: duckdb.DuckDBPyConnection, name: str) -> str | None:
    """The catalog's accelerator of a driver's name; None where it has none, or several."""
    try:
        return names.resolve(connection, "accelerator", name)[0]
    except UsageError:
        return None


def _vendor(connection: duckdb.DuckDBPyConnection, vendor: str | None) -> tuple[Tables, str]:
    """Rows for a vendor that the catalog does not have, and its id."""
    from catalog_db.importers import understood

    organization_id = "yours" if vendor is None else understood.slug(understood.check_name(vendor, "--vendor"))
    if is_there(connection, "organization", organization_id) == "seed":
        return {}, organization_id
    return understood.owner_rows(organization_id, vendor or "Yours"), organization_id


def _bounds(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, float, float]]:
    return {row[0]: (row[1], row[2], row[3]) for row in query.report(connection, "quantities").rows}


def _lines(row: dict[str, Any], stated: list[Any]) -> list[str]:
    figures = [f"  {each.quantity_id}: {each.as_printed} = {each.value:,.0f} in base units" for each in stated]
    return [f"{row['name']} ({row['accelerator_id']}), {row['kind']} of {row['organization_id']}", *figures]


# ---------------------------------------------------------------- prices


@adding.command("price")
def add_price(
    target: Annotated[str, typer.Argument(help="An accelerator, machine or cloud instance, by any of its names.")],
    usd_per_hour: Annotated[float | None, typer.Option(help="US dollars an hour.")] = None,
    purchase_usd: Annotated[float | None, typer.Option(help="US dollars to buy it.")] = None,
    terms: Annotated[str, typer.Option(help="Of a price by the hour: on_demand, spot or reserved.")] = "on_demand",
    region: Annotated[str, typer.Option(help="The seller's name of the region.")] = "any",
    priced_on: Annotated[str | None, typer.Option("--date", help="Day on which it held. Default: today.")] = None,
    seller: Annotated[str | None, typer.Option(help="Who asks this price.")] = None,
    yes: Yes = False, dry_run: DryRun = False, database: Database = None,
) -> None:  # fmt: skip
    """Add what an accelerator, a machine or a cloud instance costs you."""
    check_terminal(yes, dry_run)
    if (usd_per_hour is None) == (purchase_usd is None):
        raise UsageError("name one of --usd-per-hour and --purchase-usd")
    if terms not in ("on_demand", "spot", "reserved"):
        raise UsageError(f"--terms: {terms!r:.40} is not one of on_demand, spot, reserved")
    day = _day(priced_on)
    with contextlib.closing(databases.open_catalog(database)) as connection:
        kind, target_id = _target(connection, target)
    amount = _amount(usd_per_hour, 100_000, "--usd-per-hour") if usd_per_hour is not None else None
    price = _amount(purchase_usd, 100_000_000, "--purchase-usd") if purchase_usd is not None else None
    tables = _price_rows(kind, target_id, "purchase" if price else terms, region, day, seller, amount, price)
    row = tables["price"][0]
    where = "" if region == "any" else f" in {region}"
    write(tables, [f"{target_id} ({kind}): {row['as_printed']}, {row['terms']}{where}, {day}"], yes, dry_run, database)
    say(*([] if dry_run else [f"mlsysdb show {target_id}"]))


def _target(connection: duckdb.DuckDBPyConnection, text: str) -> tuple[str, str]:
    """Kind and id of what is priced."""
    kind, target_id = names.anything(connection, text)
    if kind not in ("accelerator", "system"):
        raise UsageError(
            f"{text!r:.80} is a {kind.replace('_', ' ')}: a price is of an accelerator, a machine or an instance"
        )
    return kind, target_id


def _price_rows(
    kind: str,
    target_id: str,
    terms: str,
    region: str,
    day: date,
    seller: str | None,
    amount: float | None,
    price: float | None,
) -> Tables:
    """The price with its source."""
    from catalog_db.importers import understood

    region = understood.check_name(region, "--region")
    seller = understood.check_name(seller, "--seller") if seller else "the user of this catalog"
    slug = understood.slug(f"{target_id}-{terms}-{region}-{day}-{seller}")
    source = understood.source_row(
        f"user-price-{slug}", understood.Origin(f"Own price of {target_id}", seller, None, "stated by hand", "C")
    )
    printed = f"{amount:,.10g} USD an hour" if amount is not None else f"{price:,.2f} USD"
    row = {
        "target_kind": kind, "target_id": target_id, "terms": terms, "region": region, "priced_on": day,
        "as_printed": printed, "usd_per_hour": amount, "purchase_usd": price, "source_id": source["source_id"],
        "locator": "stated by hand", "tier": "C",
    }  # fmt: skip
    return {"source": [source], "price": [row]}


def _amount(value: float, most: float, option: str) -> float:
    if not (math.isfinite(value) and 0 < value < most):
        raise UsageError(f"{option}: {value!r:.40} is out of range: above 0, below {most:,}")
    return value


def _day(text: str | None) -> date:
    today = datetime.now(UTC).date()
    try:
        day = today if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--date: {text!r:.40} is no date (YYYY-MM-DD)") from error
    if not date(2010, 1, 1) <= day <= today:
        raise UsageError(f"--date: {day} is out of range: from 2010-01-01 to today")
    return day
