"""Configs published before transformers nested the language model's part: the same keys, where it looks now."""

from __future__ import annotations

from typing import Any

# Families whose own config.json is flat, and the model_type of the part that the keys belong to
# (configuration_qwen2_vl.py, configuration_qwen2_5_vl.py).
FLAT = {"qwen2_vl": "qwen2_vl_text", "qwen2_5_vl": "qwen2_5_vl_text"}

# What describes the whole model and stays at the top.
WHOLE = ("architectures", "model_type", "vision_config", "tie_word_embeddings", "torch_dtype", "dtype")


def nested(config: dict[str, Any]) -> dict[str, Any]:
    """The config with a text_config, where its family has one and this copy is flat."""
    part = FLAT.get(str(config.get("model_type")))
    if part is None or config.get("text_config"):
        return config
    text = {key: value for key, value in config.items() if key not in WHOLE or key == "tie_word_embeddings"}
    whole = {key: value for key, value in config.items() if key in WHOLE}
    return {**whole, "text_config": {**text, "model_type": part}}
