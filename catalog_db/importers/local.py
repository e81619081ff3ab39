"""A path -> what is understood of the model there: a config.json, a checkpoint's folder, or one of its files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from catalog_db.errors import UsageError
from catalog_db.importers import config_file, describe, reading, safetensors_file
from catalog_db.importers.layers import Config
from catalog_db.importers.understood import Origin, Understood

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def read(path: Path, known: Collection[str] = ()) -> Understood:
    """The model at a path. Raises UsageError naming what is wrong with it."""
    if _is_folder(path):
        return _folder(path, known)
    reading.regular(path, "config.json, safetensors or GGUF file, or a folder of them")
    if path.suffix.lower() in PICKLES:
        raise UsageError(
            f"{reading.shown(path)}: pickled weights are not opened (they run code); convert to safetensors or GGUF"
        )
    with path.open("rb") as handle:
        start = handle.read(4)
    if start == b"GGUF" or path.suffix.lower() == ".gguf":
        from catalog_db.importers import gguf_model

        return gguf_model.read(path, known)
    if path.suffix.lower() == ".safetensors":
        return _checkpoint([path], path.with_name("config.json"), path.name, known)
    content = reading.data(path)
    config = config_file.parse(content, reading.shown(path))
    return describe.from_config(config, _origin(path, path.name, reading.sha256(content)), known)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{reading.shown(path)}: {reason:.200}") from error


def _folder(folder: Path, known: Collection[str]) -> Understood:
    if (folder / "adapter_config.json").exists() and not (folder / "config.json").exists():
        raise UsageError(f"{reading.shown(folder)} is an adapter, not a model: merge it, or add the model it is for")
    weights = safetensors_file.files(folder)
    if weights:
        return _checkpoint(weights, folder / "config.json", f"{len(weights)} safetensors files", known)
    if (folder / "config.json").exists():
        found = read(folder / "config.json", known)
        found.notes.append("no safetensors files in the folder: sizes are the config's")
        return found
    ggufs = sorted(folder.glob("*.gguf"))
    if len(ggufs) == 1:
        return read(ggufs[0], known)
    several = (
        f"{len(ggufs)} GGUF files: name one of them" if ggufs else "neither config.json nor safetensors nor GGUF files"
    )
    raise UsageError(f"{reading.shown(folder)} holds {several}")


def _checkpoint(weights: list[Path], config: Path, what: str, known: Collection[str]) -> Understood:
    headers, digest = safetensors_file.headers(weights)
    parsed: Config | None = None
    read = f"headers {digest}"
    if config.exists():
        content = reading.data(config)
        parsed = config_file.parse(content, reading.shown(config))
        beside = config.with_name("hf_quant_config.json")
        said = reading.data(beside) if beside.exists() else None
        parsed = config_file.with_quantization(parsed, said, reading.shown(beside))
        what, read = f"{what} and config.json", f"{read}; config.json {reading.sha256(content)}"
    return describe.from_headers(headers, parsed, _origin(weights[0].parent, what, read), known)


def _origin(path: Path, locator: str, digest: str) -> Origin:
    """A file of the user's: cited by its hash. A copy that the catalog cannot hold against its maker's is tier B-."""
    title = path.resolve().name if path.is_dir() else path.resolve().parent.name
    return Origin(f"Own file in {reading.shown(title or '/')}", "the user of this catalog", digest, locator, "B-")
