-- How large is a model in each weight format, and in which does it fit?
--
-- One row per weight format that the engine loads, the widest first.
--
-- model (model, 'qwen3-32b'): which model.
-- gpu (accelerator, 'L40S'): which GPU.
-- devices (bigint, 1): how many of it.
-- engine (engine, 'vllm'): which engine.

select
    planned.weight_format,
    planned.format_bits,
    planned.weights_bytes,
    planned.required_bytes,
    planned.usable_memory_bytes,
    planned.fits,
    planned.max_sequences
from
    mlsysdb.plan(
        coalesce(getvariable('gpu')::varchar, 'L40S'), coalesce(getvariable('model')::varchar, 'qwen3-32b'),
        coalesce(getvariable('devices')::bigint, 1), null, null, null, null, null, 'any', null,
        coalesce(getvariable('engine')::varchar, 'vllm'), null, null, null, false, false
    ) as planned
order by planned.format_bits desc, planned.weights_bytes desc, planned.weight_format asc
