"""What a Hugging Face id looks like: owner/name, with a file of the repository behind a colon where one is meant."""

from __future__ import annotations

import re

HUB_ID = re.compile(r"[A-Za-z0-9][\w.\-]{0,95}/[A-Za-z0-9][\w.\-]{0,95}(:[\w.\-/ ]{1,200})?")
FILES = (".json", ".gguf", ".safetensors", ".bin", ".pt", ".pth", ".ckpt")


def is_hub_id(text: str) -> bool:
    """Whether a text can be an id, and is no path of a file."""
    return bool(HUB_ID.fullmatch(text)) and (":" in text or not text.lower().endswith(FILES)) and ".." not in text
