-- How many users can one replica serve at each length of context?
--
-- One row per context from 1k to 128k tokens.
--
-- model (model, 'llama-3.1-8b'): which model.
-- gpu (accelerator, 'H100'): which GPU.
-- devices (bigint, 1): how many of it.
-- weight_format (varchar, 'native'): a weight format, native, or auto.

with length as (
    select (1024 * power(2, steps.step))::bigint as context_tokens
    from generate_series(0, 7) as steps (step)
)

select
    length.context_tokens,
    fitting.weight_format,
    fitting.fits,
    fitting.max_sequences,
    fitting.kv_reserved_bytes as sequence_bytes,
    fitting.kv_pool_bytes
from length,
    mlsysdb.answer(
        coalesce(getvariable('gpu')::varchar, 'H100'), coalesce(getvariable('model')::varchar, 'llama-3.1-8b'),
        coalesce(getvariable('devices')::bigint, 1), null, null, null, length.context_tokens, 1,
        coalesce(getvariable('weight_format')::varchar, 'native'), null, 'vllm', null, null, null, false, false
    ) as fitting
order by length.context_tokens asc
