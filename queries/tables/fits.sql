-- Which models fit an accelerator: one row per model, at the widest weight format that fits, verdicts of false included.
--
-- Unset options mean: the newest vllm, 8,192 tokens (or the model's own context, if shorter), one sequence, the cache in
-- the model's own dtype, and the devices that the name means: one, or all of a system's ('p5.48xlarge': eight).

create or replace macro fits(
    gpu_name,
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
        gpu_name, null,
        coalesce(
            devices,
            tensor_parallel * coalesce(pipeline_parallel, 1),
            (
                select named.devices from mlsysdb.kept_resolved_name as named
                where named.kind = 'accelerator' and named.name_key = mlsysdb.name_key(gpu_name)
            ),
            1
        ),
        tensor_parallel, pipeline_parallel, expert_parallel, context_tokens, sequences,
        weight_format, kv_dtype, engine, memory_utilization, max_sequences, max_batched_tokens, enforce_eager, beyond_context,
        free_memory_bytes := free_memory_bytes
    ) as answer;
