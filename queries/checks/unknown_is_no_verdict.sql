-- Where a term of the sum is unknown, so is the verdict: no view or table macro turns NULL into false.
--
-- Every model on one accelerator, and one model on every accelerator, meet each unknown there is.
--
-- Mend: a function or view of queries/ turns NULL into a figure (greatest, least, sum and coalesce do): return NULL for it.

with planned as (
    from plan('h100-sxm5-80gb', null, 1, null, null, null, null, null, 'native', null, 'vllm', null, null, null, false, false)
    union all
    from plan(null, 'llama-3-8b', 1, null, null, null, null, null, 'native', null, 'vllm', null, null, null, false, false)
)

select
    planned.model,
    planned.accelerator,
    planned.weight_format
from planned
where
    (planned.required_bytes is null or planned.usable_memory_bytes is null)
    and planned.fits is not null
    and not planned.is_beyond_context
