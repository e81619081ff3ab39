"""The accelerators of this machine: NVIDIA's through NVML (or nvidia-smi), AMD's through amd-smi or rocm-smi."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from catalog_db.errors import UsageError

TIMEOUT_S = 20
MIB = 2**20


@dataclass(frozen=True)
class Seen:
    """One accelerator as its driver shows it."""

    name: str
    vendor: str
    memory_bytes: int
    told_by: str


def accelerators() -> list[tuple[Seen, int]]:
    """Each kind of accelerator here, and how many. Raises UsageError when none is found, saying where it looked."""
    tried: list[str] = []
    found: list[Seen] = []
    for vendor in ((nvml, nvidia_smi), (amd_smi, rocm_smi)):
        for look in vendor:
            seen = list(_looked(look, tried))
            found += seen
            if seen:
                break
    if not found:
        raise UsageError(f"--here: no accelerator found on this machine ({'; '.join(tried)})")
    return list(Counter(found).items())


def _looked(look: Callable[[], list[Seen]], tried: list[str]) -> list[Seen]:
    try:
        seen = look()
        tried.append(f"{look.__name__}: none")
    except LookupError as error:
        tried.append(str(error.args[0]))
        return []
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        tried.append(f"{look.__name__}: its answer is not understood ({type(error).__name__})")
        return []
    return seen


def nvml() -> list[Seen]:
    """NVML, where nvidia-ml-py and a driver are installed."""
    try:
        import pynvml
    except ImportError as error:
        raise LookupError("nvidia-ml-py is not installed: pip install 'mlsysdb[nvml]'") from error
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        raise LookupError(f"NVML: {error}") from error
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return [_nvml_device(pynvml, handle) for handle in handles]
    except pynvml.NVMLError as error:
        raise LookupError(f"NVML: {error}") from error
    finally:
        with contextlib.suppress(pynvml.NVMLError):
            pynvml.nvmlShutdown()


def _nvml_device(library: Any, handle: Any) -> Seen:
    name = library.nvmlDeviceGetName(handle)
    text = name.decode() if isinstance(name, bytes) else str(name)
    return _seen(
        text, "nvidia", int(library.nvmlDeviceGetMemoryInfo(handle).total), "NVML nvmlDeviceGetMemoryInfo total"
    )


def nvidia_smi() -> list[Seen]:
    """nvidia-smi's name and memory.total, in MiB."""
    printed = _output("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
    lines = [line.rsplit(",", 1) for line in printed.splitlines() if "," in line]
    return [_seen(name, "nvidia", int(size) * MIB, "nvidia-smi memory.total") for name, size in lines]


def amd_smi() -> list[Seen]:
    """amd-smi's market name and VRAM size."""
    listed = json.loads(_output("amd-smi", "static", "--asic", "--vram", "--json"))
    devices = listed.get("gpu_data", []) if isinstance(listed, dict) else listed
    return [_amd_device(device) for device in devices]


def _amd_device(device: dict[str, Any]) -> Seen:
    size = device["vram"]["size"]
    unit = {"B": 1, "KB": 2**10, "MB": MIB, "GB": 2**30}[str(size["unit"]).upper()]  # amd-smi's MB are 2^20 bytes
    return _seen(device["asic"]["market_name"], "amd", int(size["value"]) * unit, "amd-smi vram size")


def rocm_smi() -> list[Seen]:
    """rocm-smi's card series and VRAM in bytes."""
    cards = json.loads(_output("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json"))
    return list(_rocm_cards(cards))


def _rocm_cards(cards: dict[str, dict[str, str]]) -> Iterator[Seen]:
    for name, card in cards.items():
        if not name.startswith("card"):
            continue
        named = {key.lower(): value for key, value in card.items()}
        size = int(named["vram total memory (b)"])
        yield _seen(named.get("card series") or named["card model"], "amd", size, "rocm-smi VRAM Total Memory (B)")


def _seen(name: str, vendor: str, memory_bytes: int, told_by: str) -> Seen:
    """A device, in bounds. Raises ValueError for what is none."""
    plain = re.sub(r"\s+", " ", name).strip()
    if not plain.isprintable() or not 0 < len(plain) <= 200 or not 2**27 <= memory_bytes <= 2**43:
        raise ValueError(name)
    return Seen(plain, vendor, memory_bytes, told_by)


def _output(program: str, *arguments: str) -> str:
    """What a program prints. Raises LookupError when it is not there or fails."""
    path = shutil.which(program)
    if path is None:
        raise LookupError(f"{program} is not installed")
    try:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=TIMEOUT_S, errors="replace")
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LookupError(f"{program}: {error}") from error
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise LookupError(f"{program} failed: {words[0]:.200}")
    return done.stdout
