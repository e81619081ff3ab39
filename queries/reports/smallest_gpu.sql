-- Which is the smallest single accelerator for each model?
--
-- One row per model that some single accelerator holds: the one with the least usable memory.
--
-- context_tokens (bigint, 8192): tokens of one sequence.
-- weight_format (varchar, 'native'): a weight format, native, or auto.
-- kind (varchar, 'gpu'): gpu, tpu, npu, apu or any; by memory alone, whether the engine runs there is not judged.

with held as (
    select
        answer.*,
        row_number() over (
            partition by answer.model order by answer.usable_memory_bytes asc, answer.accelerator asc
        ) as place
    from
        mlsysdb.answer(
            null, null, 1, null, null, null, coalesce(getvariable('context_tokens')::bigint, 8192), null,
            coalesce(getvariable('weight_format')::varchar, 'native'), null, 'vllm', null, null, null, false, false
        ) as answer
    inner join mlsysdb.accelerator as accelerator on answer.accelerator = accelerator.accelerator_id
    where
        answer.fits
        and accelerator.kind = coalesce(nullif(coalesce(getvariable('kind')::varchar, 'gpu'), 'any'), accelerator.kind)
)

select
    held.model,
    held.accelerator,
    held.weight_format,
    held.required_bytes,
    held.usable_memory_bytes,
    held.headroom_bytes,
    held.evidence_tier
from held
where held.place = 1
order by held.usable_memory_bytes desc, held.model asc
