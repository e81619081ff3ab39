"""Tell by their names which columns of an inventory hold the machine, the GPU, how many, what is free and the price."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog_db.errors import UsageError

ROLES = ("node", "gpu", "count", "nodes", "free", "price")
UNITS = ("kib", "mib", "gib", "tib", "kb", "mb", "gb", "tb", "bytes")
# Names without case and punctuation; of several columns the one that stands first here is taken.
NAMES: Mapping[str, Sequence[str]] = {
    "gpu": (
        "gpu", "gputype", "gpumodel", "gpuname", "gpuproduct", "nvidiacomgpuproduct", "accelerator", "acceleratortype",
        "acceleratormodel", "acceleratorname", "devicename", "devicetype", "productname", "instancetype",
        "nodekubernetesioinstancetype", "machinetype", "vmsize", "vmtype", "flavor", "shape", "sku",
    ),
    "count": (
        "gpus", "gpucount", "numgpus", "ngpus", "numberofgpus", "gpuspernode", "nvidiacomgpucount", "nvidiacomgpu",
        "accelerators", "acceleratorcount", "numaccelerators", "devices", "devicecount", "count",
        "quantity", "qty", "num", "n",
    ),
    "nodes": (
        "nodes", "nodecount", "numnodes", "instances", "instancecount", "machines", "machinecount", "servers", "hosts",
    ),
    "free": (
        "freememory", "memoryfree", "gpumemoryfree", "freegpumemory", "gpufreememory", "gpufree", "freevram",
        "vramfree", "memfree", "freemem", "availablememory", "memoryavailable", "free",
    ),
    "price": (
        "price", "priceperhour", "pricehour", "hourlyprice", "priceusdperhour", "priceperhourusd", "usdperhour",
        "usdhour", "eurperhour", "priceeurperhour", "hourlyrate", "rate", "cost", "costperhour", "hourlycost",
        "costusdperhour", "priceusdhour", "usdperhr", "usdhr", "priceperhr", "pricehr", "priceusdhr", "costperhr",
        "hourly", "priceusd", "costusd", "usd", "eur", "monthlyprice", "monthlycost", "pricepermonth",
    ),
    "node": (
        "node", "nodename", "host", "hostname", "machine", "machinename", "server", "servername", "fqdn", "vm",
        "vmname", "computer", "instanceid", "instancename", "instance", "nodeid", "machineid", "serverid",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Which column plays which role, and the unit that the free memory's column names."""

    by_role: Mapping[str, str]
    unit: str | None

    @property
    def counts_gpus(self) -> bool:
        """Whether the count is one of GPUs, by its column's name; a plain "count" of a machine is one of machines."""
        key = _key(self.by_role.get("count", ""))
        return any(word in key for word in ("gpu", "accelerator", "device", "card"))

    @property
    def words(self) -> str:
        """One line that says what was taken for what."""
        return "columns: " + ", ".join(f"{role} = {self.by_role[role]}" for role in ROLES if role in self.by_role)


def recognised(columns: Sequence[str], mapping: Iterable[str] | Mapping[str, str] = ()) -> Columns:
    """The role of each column, by its name or as `mapping` (gpu=card_model) says. Raises UsageError for a bad mapping.

    Whether there is a gpu column is for the caller to judge.
    """
    told, unit = _told(columns, mapping)
    keys: dict[str, str] = {}
    for column in columns:
        keys.setdefault(_key(column), column)
    found: dict[str, str] = dict(told)
    for role, names in NAMES.items():
        match = next((keys[name] for name in names if name in keys and keys[name] not in found.values()), None)
        if role not in found and match is not None:
            found[role] = match
    _add_measured_free(found, columns)
    bare = keys.get("name")
    if bare is not None and bare not in found.values():
        found.setdefault("node" if "gpu" in found else "gpu", bare)
    return Columns(found, unit or _unit(found.get("free", "")))


def _told(columns: Sequence[str], mapping: Iterable[str] | Mapping[str, str]) -> tuple[dict[str, str], str | None]:
    """What the user says: {"gpu": "card_model"}, and the unit of a role such as free_mib."""
    pairs = mapping.items() if isinstance(mapping, Mapping) else [_pair(text) for text in mapping]
    told: dict[str, str] = {}
    unit = None
    for role, column in pairs:
        if role.startswith("free_") and role[5:] in UNITS:
            role, unit = "free", role[5:]
        if role not in ROLES:
            raise UsageError(
                f"--map {role}={column}: {role!r} is none of {', '.join(ROLES)} (or free_mib, free_gib ...)"
            )
        told[role] = _existing(columns, role, column)
    return told, unit


def _pair(text: str) -> tuple[str, str]:
    role, equals, column = text.partition("=")
    if not equals or not column:
        raise UsageError(f"--map {text}: say ROLE=COLUMN, such as gpu=card_model; roles are {', '.join(ROLES)}")
    return role.strip().lower(), column.strip()


def _existing(columns: Sequence[str], role: str, column: str) -> str:
    near = [name for name in columns if name.strip().lower() == column.lower()]
    if column not in columns and not near:
        raise UsageError(f"--map {role}={column}: there is no such column; there are {', '.join(columns)}")
    return column if column in columns else near[0]


def _add_measured_free(found: dict[str, str], columns: Sequence[str]) -> None:
    """A column such as free_memory_mib or "memory.free [MiB]": a known name with its unit."""
    for column in columns:
        unit = _unit(column)
        if "free" not in found and unit and _key(column).removesuffix(unit) in NAMES["free"]:
            found["free"] = column


def _unit(column: str) -> str | None:
    key = _key(column)
    return next((unit for unit in UNITS if key.endswith(unit)), None)


def _key(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())
