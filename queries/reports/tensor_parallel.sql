-- What does tensor parallelism bring a model?
--
-- One row per number of devices: what each then holds, and how much cache is left for how many sequences.
--
-- model (model, 'llama-3.1-70b'): which model.
-- gpu (accelerator, 'H100'): which GPU.
-- context_tokens (bigint, 8192): tokens of one sequence.
-- weight_format (varchar, 'native'): a weight format, or native.

select
    shaped.devices,
    shaped.weight_format,
    shaped.weights_bytes,
    shaped.kv_bytes_per_token,
    shaped.required_bytes,
    shaped.usable_memory_bytes,
    shaped.fits,
    shaped.kv_capacity_tokens,
    shaped.max_sequences,
    shaped.max_sequences / shaped.devices as max_sequences_per_device
from
    mlsysdb.plan(
        coalesce(getvariable('gpu')::varchar, 'H100'), coalesce(getvariable('model')::varchar, 'llama-3.1-70b'), null, null, null,
        null, coalesce(getvariable('context_tokens')::bigint, 8192), null,
        coalesce(getvariable('weight_format')::varchar, 'native'), null, 'vllm', null, null, null, false, false
    ) as shaped
where shaped.devices <= 16
order by shaped.devices asc
