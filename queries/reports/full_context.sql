-- Which models can I serve at the whole context they support?
--
-- One row per model that fits: its own context, the longest that memory allows, and the share of it that can be had.
--
-- gpu (accelerator, 'H100'): which GPU.
-- devices (bigint, 1): how many of it.
-- kv_dtype (kv_dtype, none): the cache's dtype; the model's own unless said.

select
    fitting.model,
    fitting.weight_format,
    model.context_tokens as own_tokens,
    fitting.max_context_tokens,
    fitting.max_context_tokens / model.context_tokens as context_fraction
from
    mlsysdb.fits(
        coalesce(getvariable('gpu')::varchar, 'H100'),
        devices := coalesce(getvariable('devices')::bigint, 1),
        kv_dtype := getvariable('kv_dtype')::varchar
    ) as fitting
inner join mlsysdb.model as model on fitting.model = model.model_id
where fitting.fits and model.context_tokens is not null
order by context_fraction desc, model.context_tokens desc, fitting.model asc
