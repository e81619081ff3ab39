"""Models that transformers does not build, and the module that writes each out."""

from __future__ import annotations

from catalog_db.importers import closed_form, grok, moe, rwkv
from catalog_db.importers.closed_form import Tensor
from catalog_db.importers.layers import Config

BUILDERS = {
    "nemotron-nas": closed_form.build, "grok-1": grok.build, "rwkv7": rwkv.build,
    **dict.fromkeys(moe.MODEL_TYPES, moe.build),
}  # fmt: skip


def knows(config: Config) -> bool:
    """Whether `build` writes this model out."""
    return config.get("model_type") in BUILDERS


def build(config: Config, notes: list[str]) -> tuple[list[Tensor], bool]:
    """Its tensors, and whether its head is the embedding."""
    return BUILDERS[str(config["model_type"])](config, notes)
