"""Start-up logs of each engine, in the shapes that engines print them: which figure is taken from which line."""

from __future__ import annotations

import pytest

from catalog_db.errors import UsageError
from catalog_db.importers import engine_log, measured

GIB, MIB = 2**30, 2**20

VLLM = """\
(APIServer pid=1) INFO 11-02 10:00:00 [api_server.py:11] vLLM API server version 0.19.0
(APIServer pid=1) INFO 11-02 10:00:00 [api_server.py:12] non-default args: {'model': 'our/tune-70b', 'max_model_len': 16384, \
'tensor_parallel_size': 2, 'gpu_memory_utilization': 0.95, 'max_num_seqs': 64}
(Worker_TP0 pid=4) INFO 11-02 10:00:09 [gpu_model_runner.py:33] Model loading took 33.80 GiB memory and 5.5 seconds
(Worker_TP1 pid=5) INFO 11-02 10:00:09 [gpu_model_runner.py:33] Model loading took 33.90 GiB memory and 5.6 seconds
(Worker_TP0 pid=4) DEBUG 11-02 10:00:20 [gpu_worker.py:43] Memory profiling takes 9.87 seconds. Total non KV cache memory: \
37.95GiB; torch peak memory increase: 1.96GiB; non-torch forward increase memory: 2.1GiB; weights memory: 33.80GiB.
(Worker_TP0 pid=4) INFO 11-02 10:00:20 [gpu_worker.py:44] Available KV cache memory: 37.30 GiB
(Worker_TP1 pid=5) INFO 11-02 10:00:20 [gpu_worker.py:44] Available KV cache memory: 37.10 GiB
(EngineCore pid=2) INFO 11-02 10:00:20 [kv_cache_utils.py:55] GPU KV cache size: 244,304 tokens
(EngineCore pid=2) INFO 11-02 10:00:20 [kv_cache_utils.py:56] Maximum concurrency for 16,384 tokens per request: 14.91x
(Worker_TP0 pid=4) INFO 11-02 10:00:30 [gpu_model_runner.py:60] Graph capturing finished in 8 secs, took 1.79 GiB
"""


def values(log: engine_log.Log) -> dict[str, float]:
    return {quantity: figure.value for quantity, figure in log.figures.items()}


def test_vllm_of_several_ranks() -> None:
    log = engine_log.parse(VLLM)
    assert (log.engine, log.version, log.model, log.outcome) == ("vllm", "0.19.0", "our/tune-70b", "loaded")
    assert (log.tensor_parallel, log.context_tokens, log.memory_utilization, log.max_sequences) == (2, 16384, 0.95, 64)
    assert values(log) == {
        "weights_bytes": round(33.90 * GIB), "kv_pool_bytes": round(37.10 * GIB), "kv_capacity_tokens": 244_304,
        "max_concurrency": 14.91, "activation_bytes": round(1.96 * GIB), "runtime_bytes": round(2.1 * GIB),
        "cuda_graph_bytes": round(1.79 * GIB),
    }  # fmt: skip
    assert log.figures["weights_bytes"].as_printed == "33.90 GiB"
    assert measured.devices(log) == 2


def test_of_several_starts_the_last_counts() -> None:
    again = VLLM.replace("33.90", "20.00").replace("33.80", "20.00")
    assert values(engine_log.parse(VLLM + again))["weights_bytes"] == 20 * GIB


def test_vllm_before_its_v1() -> None:
    log = engine_log.parse("""\
INFO 01-02 10:00:01 model_runner.py:9] Loading model weights took 2.8875 GB
INFO 01-02 10:00:02 worker.py:41] the current vLLM instance can use total_gpu_memory (44.52GiB) x gpu_memory_utilization (0.90)
INFO 01-02 10:00:02 worker.py:41] model weights take 2.89GiB; non_torch_memory takes 0.23GiB; PyTorch activation peak memory \
takes 1.40GiB; the rest of the memory reserved for KV Cache is 35.55GiB.
""")
    assert log.memory_utilization == 0.9
    assert values(log) == {
        "weights_bytes": round(2.8875 * GIB), "kv_pool_bytes": round(35.55 * GIB), "activation_bytes": round(1.4 * GIB),
        "runtime_bytes": round(0.23 * GIB),
    }  # fmt: skip


def test_a_start_that_ran_out_of_memory() -> None:
    log = engine_log.parse(VLLM + "ERROR torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 786.00 MiB.\n")
    assert log.outcome == "out_of_memory"


def test_sglang_whose_gb_are_binary() -> None:
    log = engine_log.parse("""\
[2026-01-04 07:00:00] server_args=ServerArgs(model_path='our/moe', tp_size=4, mem_fraction_static=0.8, quantization=None, \
kv_cache_dtype='auto')
[2026-01-04 07:16:49 TP0] Load weight begin. avail mem=60.87 GB
[2026-01-04 07:26:43 TP0] Load weight end. type=Qwen3MoeForCausalLM, dtype=torch.bfloat16, avail mem=33.17 GB, mem usage=27.62 GB.
[2026-01-04 07:26:43 TP1] KV Cache is allocated. #tokens: 441600, K size: 9.90 GB, V size: 9.90 GB
[2026-01-04 07:27:06 TP0] Capture cuda graph end. Time elapsed: 22.99 s. mem usage=3.54 GB. avail mem=9.90 GB.
[2026-01-04 07:27:19 TP0] max_total_num_tokens=441600, chunked_prefill_size=-1, max_running_requests=24, context_len=40960
""")
    assert (log.engine, log.model, log.tensor_parallel, log.memory_utilization) == ("sglang", "our/moe", 4, 0.8)
    assert (log.context_tokens, log.max_sequences, log.outcome) == (40960, 24, "loaded")
    assert values(log) == {
        "weights_bytes": round(27.62 * GIB), "cuda_graph_bytes": round(3.54 * GIB), "kv_capacity_tokens": 441_600,
        "kv_pool_bytes": round(19.8 * GIB),
    }  # fmt: skip
    assert log.figures["kv_pool_bytes"].as_printed == "9.90 GB + 9.90 GB"


def test_llama_cpp_takes_the_fullest_device_and_leaves_the_host_out() -> None:
    log = engine_log.parse("""\
build: 5415 (0123abc) with cc for x86_64-linux-gnu
  Device 0: NVIDIA GeForce RTX 3090, compute capability 8.6, VMM: yes
print_info: file type   = Q4_K - Medium
print_info: general.name     = Our Tune
load_tensors: offloaded 33/33 layers to GPU
load_tensors:        CUDA0 model buffer size =  2000.50 MiB
load_tensors:        CUDA1 model buffer size =  2100.25 MiB
load_tensors:   CPU_Mapped model buffer size =   281.81 MiB
llama_context: n_ctx         = 32768
llama_kv_cache_unified:      CUDA0 KV buffer size =  1024.00 MiB
llama_kv_cache_unified:      CUDA1 KV buffer size =  1152.00 MiB
llama_kv_cache_unified: size = 2176.00 MiB ( 32768 cells, 32 layers, 1 seqs), K (q8_0): 1088.00 MiB, V (q8_0): 1088.00 MiB
llama_context:      CUDA0 compute buffer size =   560.00 MiB
llama_context:  CUDA_Host compute buffer size =    72.01 MiB
""")
    assert (log.engine, log.version, log.model, log.device) == (
        "llama.cpp",
        "b5415",
        "Our Tune",
        "NVIDIA GeForce RTX 3090",
    )
    assert (log.devices, log.context_tokens, log.kv_dtype) == (2, 32768, "q8_0")
    assert measured.format_name(log) == "q4_k_m"
    assert values(log) == {
        "weights_bytes": round(2100.25 * MIB), "kv_pool_bytes": 1152 * MIB, "compute_buffer_bytes": 560 * MIB,
        "kv_capacity_tokens": 32768,
    }  # fmt: skip
    assert not log.notes


def test_layers_left_on_the_host_are_told() -> None:
    log = engine_log.parse(
        "load_tensors: offloaded 20/33 layers to GPU\nload_tensors: CUDA0 model buffer size = 9.00 MiB\n"
    )
    assert any("20 of 33 layers" in note for note in log.notes)


@pytest.mark.parametrize(
    ("engine", "said", "meant"),
    [
        ("llama.cpp", "Q4_K - Small", "q4_k_s"), ("llama.cpp", "Q8_0", "q8_0"), ("llama.cpp", "BF16", "gguf-bf16"),
        ("llama.cpp", "IQ4_XS", "iq4_xs"), ("vllm", "awq_marlin", "awq-int4-g128"), ("vllm", "fp8", "fp8"),
        ("vllm", None, None), ("vllm", "compressed-tensors", "compressed-tensors"),
    ],
)  # fmt: skip
def test_formats_by_the_names_of_engines(engine: str, said: str | None, meant: str | None) -> None:
    assert measured.format_name(engine_log.Log(engine, quantization=said)) == meant


def test_other_texts_are_refused() -> None:
    with pytest.raises(UsageError, match="no line of a start-up log"):
        engine_log.parse("hello\n")
