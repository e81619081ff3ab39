-- Which accelerators hold a model, and how many of each it takes: one row per accelerator, verdicts of false included.
--
-- Unless devices are given, the least power of two that fits is chosen, at the model's own weight format where it can be.

create or replace macro fits_model(
    model_name,
    devices := null, tensor_parallel := null, pipeline_parallel := null, expert_parallel := null,
    context_tokens := null, sequences := null, weight_format := 'auto', kv_dtype := null, engine := 'vllm',
    memory_utilization := null, max_sequences := null, max_batched_tokens := null,
    enforce_eager := false, beyond_context := false, free_memory_bytes := null
) as table
    select
        answer.model,
        answer.accelerator,
        answer.devices,
        answer.tensor_parallel,
        answer.pipeline_parallel,
        answer.engine,
        answer.weight_format,
        answer.kv_dtype,
        answer.context_tokens,
        answer.sequences,
        answer.weights_bytes,
        answer.kv_cache_bytes,
        answer.kv_reserved_bytes,
        answer.activation_bytes,
        answer.cuda_graph_bytes,
        answer.runtime_bytes,
        answer.required_bytes,
        answer.visible_memory_bytes,
        answer.usable_memory_bytes,
        answer.headroom_bytes,
        answer.memory_utilization,
        answer.fits,
        answer.limiting_term,
        answer.kv_bytes_per_token,
        answer.kv_pool_bytes,
        answer.kv_capacity_tokens,
        answer.max_context_tokens,
        answer.max_sequences,
        answer.evidence_tier,
        answer.is_memory_estimated,
        answer.is_beyond_context
    from mlsysdb.answer(
        null, model_name, devices, tensor_parallel, pipeline_parallel, expert_parallel, context_tokens, sequences,
        weight_format, kv_dtype, engine, memory_utilization, max_sequences, max_batched_tokens, enforce_eager, beyond_context,
        free_memory_bytes := free_memory_bytes
    ) as answer;
