"""A machine named where a GPU is asked for (`p5.48xlarge`): the accelerator in it, how many it has, what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from catalog_db import names, query
from catalog_db.errors import UsageError


@dataclass
class Machine:
    """A system whose devices are all of one accelerator."""

    system_id: str
    accelerator_id: str
    devices: int
    nodes: int
    fabric: str | None
    network: str | None

    def devices_to_use(self, parameters: dict[str, Any]) -> int:
        """The devices asked for, else all of them. Raises UsageError when it has fewer."""
        split = parameters["tensor_parallel"] and parameters["tensor_parallel"] * (parameters["pipeline_parallel"] or 1)
        asked = parameters["devices"] or split or self.devices
        if asked > self.devices:
            raise UsageError(
                f"{asked:,} devices asked for, but {self.system_id} has {self.devices:,}; "
                f"say --gpu {self.accelerator_id} for any number of them"
            )
        return int(asked)

    def words(self, asked: int) -> str:
        """What it is, in a line: "p5.48xlarge is 8 x h100-sxm5-80gb, joined by NVSwitch; answered for all of them"."""
        parts = [f"{self.system_id} is {self.devices:,} x {self.accelerator_id}"]
        if self.nodes > 1:
            parts.append(f"over {self.nodes:,} nodes")
        if self.devices > 1:
            parts.append(f"joined by {self.fabric}" if self.fabric else "joined by a fabric that no source here names")
        if self.nodes > 1 and self.network:
            parts.append(f"network {self.network}")
        used = "" if self.devices == 1 else f"; answered for {'all' if asked == self.devices else f'{asked:,}'} of them"
        return ", ".join(parts) + used


def named(connection: duckdb.DuckDBPyConnection, text: str | None) -> Machine | None:
    """The system that `text` means; None when it means none, or an accelerator. Raises UsageError when unclear."""
    if text is None:
        return None
    if not query.report(connection, "systems_named", {"text": text}).rows:
        return None
    chosen, _ = names.resolve(connection, "system", text)
    row = query.report(connection, "machine", {"system": chosen}).first
    assert row is not None, "a system's name leads to its row"
    if row["accelerator_id"] is None:
        raise UsageError(
            f"{chosen} holds {row['accelerator_kinds']} kinds of accelerator: "
            f"name one of those that `mlsysdb show {chosen}` lists"
        )
    fields = ("system_id", "accelerator_id", "devices", "nodes", "fabric", "network")
    return Machine(**{field: row[field] for field in fields})
