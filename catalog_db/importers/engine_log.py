"""An engine's start-up log -> the run it tells of, and what the engine reported: vLLM, SGLang, llama.cpp."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from catalog_db.errors import UsageError

GIB, MIB = 2**30, 2**20
MOST_LINES = 200_000
MOST_LINE = 16_384


@dataclass(frozen=True)
class Figure:
    """One reported quantity: as the log prints it, and in bytes, tokens or sequences."""

    as_printed: str
    value: float


@dataclass
class Log:
    """What a log tells. Names are as printed; None is what it does not say."""

    engine: str
    version: str | None = None
    model: str | None = None
    device: str | None = None
    quantization: str | None = None
    kv_dtype: str | None = None
    dtype: str | None = None
    devices: int | None = None
    tensor_parallel: int | None = None
    pipeline_parallel: int | None = None
    context_tokens: int | None = None
    memory_utilization: float | None = None
    max_sequences: int | None = None
    max_batched_tokens: int | None = None
    outcome: str = "unknown"
    is_speculative: bool = False
    figures: dict[str, Figure] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def parse(text: str) -> Log:
    """The run that a log tells of. Raises UsageError when it is no start-up log of an engine known here."""
    lines = [line[:MOST_LINE] for _, line in zip(range(MOST_LINES), text.splitlines(), strict=False)]
    engine = engine_of(lines)
    started = max((i for i, line in enumerate(lines) if START[engine].search(line)), default=0)
    log = Log(engine)
    {"vllm": vllm, "sglang": sglang, "llama.cpp": llama_cpp}[engine](lines[started:], log)
    if any(
        re.search(r"out of memory|OutOfMemoryError|No available memory for the cache", line) for line in lines[started:]
    ):
        log.outcome = "out_of_memory"
    elif "kv_pool_bytes" in log.figures or "kv_capacity_tokens" in log.figures:
        log.outcome = "loaded"
    if not log.figures and log.outcome == "unknown":
        raise UsageError(f"a log of {engine} without a line on memory: paste the start-up, from its first line")
    return log


# The line with which a start begins: of several starts in one log the last counts.
START = {
    "vllm": re.compile(r"vLLM API server version|Initializing a V[01] LLM engine"),
    "sglang": re.compile(r"server_args="),
    "llama.cpp": re.compile(r"^build: \d+ \("),
}
SIGNS = {
    "vllm": re.compile(
        r"(?:Model loading|Loading model weights) took [\d.]+ Gi?B|GPU KV cache size:|# (?:GPU|cuda) blocks:|"
        r"vLLM API server|model weights take|"
        r"Available KV cache memory|Maximum concurrency for|LLM engine \(v"
    ),
    "sglang": re.compile(
        r"Load weight (?:begin|end)\.|KV Cache is allocated|max_total_num_tokens=|server_args=|Memory pool end"
    ),
    "llama.cpp": re.compile(
        r"load_tensors: .*buffer size|print_info: file|llama_kv_cache|llama_context: n_ctx|llama_model_load|"
        r"KV buffer size"
    ),
}


def engine_of(lines: Iterable[str]) -> str:
    """Which engine wrote it: the one with most lines of its own."""
    counts = dict.fromkeys(SIGNS, 0)
    for line in lines:
        for engine, sign in SIGNS.items():
            counts[engine] += bool(sign.search(line))
    engine = max(counts, key=lambda name: counts[name])
    if not counts[engine]:
        raise UsageError("no line of a start-up log of vLLM, SGLang or llama.cpp in it")
    return engine


# ---------------------------------------------------------------- finding figures


def found(lines: Iterable[str], pattern: str) -> list[re.Match[str]]:
    """Every match, in the log's order."""
    compiled = re.compile(pattern)
    return [match for line in lines if (match := compiled.search(line))]


def last(lines: Iterable[str], *patterns: str) -> str | None:
    """The last match of the first pattern that has one."""
    kept = list(lines)
    for pattern in patterns:
        matches = found(kept, pattern)
        if matches:
            return matches[-1][1].strip()
    return None


def whole(text: str | None) -> int | None:
    """A count as printed: 244,304. None for what is none, or absurd."""
    digits = (text or "").replace(",", "").replace("_", "")
    return int(digits) if digits.isdigit() and int(digits[:18]) > 0 and len(digits) <= 15 else None


def note(
    log: Log, quantity: str, matches: Iterable[re.Match[str]], unit: int, pick: Callable[..., Figure] = max
) -> None:
    """The largest figure (or what `pick` says) over ranks: an answer is about the fullest device."""
    figures = [Figure(match[1].strip(), size) for match in matches if (size := amount(match[2], unit)) is not None]
    if figures:
        log.figures[quantity] = pick(figures, key=lambda figure: figure.value)


def amount(digits: str, unit: int) -> float | None:
    """A printed amount in bytes, tokens or sequences; None when it is absurd."""
    try:
        value = float(digits.replace(",", ""))
    except ValueError:
        return None
    return round(value * unit) if unit > 1 and 0 < value < 1e9 else value if 0 < value < 1e15 else None


# ---------------------------------------------------------------- vLLM


def setting(lines: Iterable[str], *names: str) -> str | None:
    """The value of name=value or 'name': value, as engine configs and argument lists print it."""
    for name in names:
        value = last(lines, rf"[('\s{{,]{name}'?\s*[=:]\s*('[^']*'|\"[^\"]*\"|[^,\s)}}]+)")
        if value is not None and value.strip("'\"") not in ("", "None", "null"):
            return value.strip("'\"")
    return None


def vllm(lines: list[str], log: Log) -> None:
    """Lines of vLLM, V0 and V1."""
    log.version = last(lines, r"vLLM API server version ([\w.+\-]+)", r"LLM engine \(v([\w.+\-]+)\)")
    log.model = setting(lines, "model", "model_tag")
    log.quantization, log.dtype = setting(lines, "quantization"), setting(lines, "dtype")
    log.kv_dtype = setting(lines, "kv_cache_dtype")
    log.tensor_parallel = whole(setting(lines, "tensor_parallel_size"))
    log.pipeline_parallel = whole(setting(lines, "pipeline_parallel_size"))
    log.max_sequences = whole(setting(lines, "max_num_seqs"))
    log.max_batched_tokens = whole(
        setting(lines, "max_num_batched_tokens") or last(lines, r"max_num_batched_tokens=(\d+)")
    )
    context = setting(lines, "max_model_len", "max_seq_len")
    log.context_tokens = whole(
        last(lines, r"Maximum concurrency for ([\d,]+) tokens", r"Using max model len (\d+)") or context
    )
    share = last(lines, r"GPU memory utilization is \(([\d.]+),", r"gpu_memory_utilization \(([\d.]+)\)")
    log.memory_utilization = fraction(share or setting(lines, "gpu_memory_utilization"))
    log.is_speculative = bool(re.search(r"method='?\"?\w*mtp|'method': '\w*mtp", "\n".join(lines)))
    vllm_figures(lines, log)


def fraction(text: str | None) -> float | None:
    """A share of memory."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 < value <= 1 else None


def vllm_figures(lines: list[str], log: Log) -> None:
    """Bytes on the fullest rank; the pool of the one with least left."""
    size = r"(([\d.]+) ?Gi?B)"
    note(log, "weights_bytes", found(lines, rf"(?:Model loading took|Loading model weights took) {size}"), GIB)
    if "weights_bytes" not in log.figures:
        note(log, "weights_bytes", found(lines, rf"model weights take\s+{size}"), GIB)
    note(log, "kv_pool_bytes", found(lines, rf"Available KV cache memory: {size}"), GIB, min)
    if "kv_pool_bytes" not in log.figures:
        note(log, "kv_pool_bytes", found(lines, rf"reserved for KV Cache is\s+{size}"), GIB, min)
    note(log, "kv_capacity_tokens", found(lines, r"GPU KV cache size: (([\d,]+) tokens)"), 1, min)
    note(log, "max_concurrency", found(lines, r"tokens per request: (([\d.]+)x)"), 1, min)
    note(log, "activation_bytes", found(lines, rf"torch peak memory increase: {size}"), GIB)
    for line in (rf"activation peak memory(?: takes)?\s+{size}", rf"{size} for peak activation"):
        if "activation_bytes" not in log.figures:
            note(log, "activation_bytes", found(lines, line), GIB)
    note(log, "runtime_bytes", found(lines, rf"non-torch forward increase memory: {size}"), GIB)
    for line in (rf"non_torch_memory(?: takes)?\s+{size}", rf"{size} for non-torch memory"):
        if "runtime_bytes" not in log.figures:
            note(log, "runtime_bytes", found(lines, line), GIB)
    note(log, "cuda_graph_bytes", found(lines, rf"Graph capturing finished in .*took {size}"), GIB)
    if "cuda_graph_bytes" not in log.figures:
        note(log, "cuda_graph_bytes", found(lines, rf"CUDA graph pool memory: {size} \(actual\)"), GIB)


# ---------------------------------------------------------------- SGLang, whose "GB" are 2^30 bytes


def sglang(lines: list[str], log: Log) -> None:
    """Lines of SGLang (srt/model_executor/model_runner.py)."""
    log.model = setting(lines, "model_path")
    log.tensor_parallel, log.pipeline_parallel = whole(setting(lines, "tp_size")), whole(setting(lines, "pp_size"))
    log.memory_utilization = fraction(setting(lines, "mem_fraction_static"))
    log.context_tokens = whole(setting(lines, "context_len", "context_length"))
    log.max_sequences = whole(setting(lines, "max_running_requests"))
    log.quantization, log.kv_dtype = (
        setting(lines, "quantization") or setting(lines, "quant"),
        setting(lines, "kv_cache_dtype"),
    )
    log.dtype = setting(lines, "dtype")
    size = r"(([\d.]+) GB)"
    note(log, "weights_bytes", found(lines, rf"Load weight end\..*mem usage={size}"), GIB)
    note(log, "cuda_graph_bytes", found(lines, rf"Capture cuda graph end\..*mem usage={size}"), GIB)
    note(log, "kv_capacity_tokens", found(lines, r"((?<=max_total_num_tokens=)(\d+))"), 1, min)
    if "kv_capacity_tokens" not in log.figures:
        note(log, "kv_capacity_tokens", found(lines, r"KV Cache is allocated\..*#tokens: ((\d+))"), 1, min)
    pools = [
        Figure(
            " + ".join(f"{part} GB" for part in match.groups() if part),
            round(sum(float(p) for p in match.groups() if p) * GIB),
        )
        for match in found(
            lines, r"KV Cache is allocated\..*?(?:K size|KV size): (\d+\.?\d*) GB(?:, V size: (\d+\.?\d*) GB)?"
        )
    ]
    if pools and min(pool.value for pool in pools) > 0:
        log.figures["kv_pool_bytes"] = min(pools, key=lambda pool: pool.value)


# ---------------------------------------------------------------- llama.cpp


def llama_cpp(lines: list[str], log: Log) -> None:
    """Lines of llama.cpp: buffers by device, of which the fullest counts; host memory is apart."""
    build = last(lines, r"^build: (\d+) \(")
    log.version = f"b{build}" if build else None
    file = last(lines, r"loaded meta data .* from (.+?) \(version")
    log.model = last(lines, r"general\.name\s*(?:str)?\s*= (.+)$") or (file and re.split(r"[/\\]", file)[-1])
    log.device = last(
        lines, r"Device \d+: (.+?), compute capability", r"using device \w+ \((.+?)\)(?: -|$)", r"GPU name:\s+(.+)$",
        r"ggml_vulkan: \d+ = (.+?) \(",
    )  # fmt: skip
    log.quantization = last(lines, r"(?:print_info: file type|model ftype)\s*= (\w+(?: - \w+)?)")
    log.context_tokens = whole(last(lines, r"(?:llama_context|new_context_with_model): n_ctx\s*= (\d+)"))
    log.kv_dtype = last(lines, r"K \((\w+)\):")
    weights = buffers(lines, r"load_tensors: +(.+?)(?: model)? buffer size = +([\d.]+) MiB")
    caches = buffers(lines, r": +(\S.*?) (?:KV|RS) buffer size = +([\d.]+) MiB")
    computes = buffers(lines, r": +(\S.*?) compute buffer size = +([\d.]+) MiB")
    for quantity, parts in (("weights_bytes", weights), ("kv_pool_bytes", caches), ("compute_buffer_bytes", computes)):
        fullest(log, quantity, parts)
    log.devices = len(set(weights) | set(caches)) or None
    if log.context_tokens and "kv_pool_bytes" in log.figures:
        log.figures["kv_capacity_tokens"] = Figure(f"{log.context_tokens} tokens", float(log.context_tokens))
    off = re.search(r"offloaded (\d+)/(\d+) layers", "\n".join(lines))
    if off and off[1] != off[2]:
        log.notes.append(f"only {off[1]} of {off[2]} layers are on the device: a prediction is of all of them")


def buffers(lines: Iterable[str], pattern: str) -> dict[str, list[str]]:
    """Sizes by device, in MiB as printed; buffers in host memory left out."""
    parts: dict[str, list[str]] = {}
    for match in found(lines, pattern):
        device = match[1].split(": ")[-1].strip().removesuffix("_Mapped").removesuffix("_Split")
        if not re.search(r"CPU|Host|host|AMX", device):
            parts.setdefault(device, []).append(match[2])
    return parts


def fullest(log: Log, quantity: str, parts: dict[str, list[str]]) -> None:
    """The device that holds most of it."""
    sizes = {device: sum(float(size) for size in each) for device, each in parts.items()}
    if sizes:
        device = max(sizes, key=lambda name: sizes[name])
        if 0 < sizes[device] < 1e9:
            printed = " + ".join(f"{size} MiB" for size in parts[device])
            log.figures[quantity] = Figure(printed, round(sizes[device] * MIB))
