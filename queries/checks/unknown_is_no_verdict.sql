-- Where a term of the sum is unknown, so is the verdict: no view or table macro turns NULL into false.
--
-- Mend: a function or view of queries/ turns NULL into a figure (greatest, least, sum and coalesce do): return NULL for it.

select
    plan.model,
    plan.accelerator,
    plan.weight_format
from
    plan(
        null, null, 1, null, null, null, null, null, 'native', null, 'vllm', null, null, null, false, false
    ) as plan
where
    (plan.required_bytes is null or plan.usable_memory_bytes is null)
    and plan.fits is not null
    and not plan.is_beyond_context
