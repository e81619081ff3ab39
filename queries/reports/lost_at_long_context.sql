-- Which models stop fitting at 128k tokens?
--
-- One row per model that fits at a short context and not at the long one, and why: memory, or the model's own limit.
--
-- gpu (accelerator, 'H100'): which GPU.
-- devices (bigint, 1): how many of it.
-- short_tokens (bigint, 8192): the context at which it fits.
-- long_tokens (bigint, 131072): the context at which it does not.

with brief as (
    select fitting.*
    from
        mlsysdb.fits(
            coalesce(getvariable('gpu')::varchar, 'H100'),
            devices := coalesce(getvariable('devices')::bigint, 1),
            context_tokens := coalesce(getvariable('short_tokens')::bigint, 8192)
        ) as fitting
),

long as (
    select fitting.*
    from
        mlsysdb.fits(
            coalesce(getvariable('gpu')::varchar, 'H100'),
            devices := coalesce(getvariable('devices')::bigint, 1),
            context_tokens := coalesce(getvariable('long_tokens')::bigint, 131072)
        ) as fitting
)

select
    brief.model,
    brief.weight_format,
    model.context_tokens as own_tokens,
    brief.max_context_tokens,
    case when long.is_beyond_context then 'the model supports no more' else 'memory' end as reason,
    long.required_bytes,
    long.usable_memory_bytes
from brief
inner join long on brief.model = long.model
inner join mlsysdb.model as model on brief.model = model.model_id
where brief.fits and not long.fits
order by reason asc, brief.max_context_tokens desc, brief.model asc
