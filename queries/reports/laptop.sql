-- Which models run on my laptop, of which only a part of the memory is free?
--
-- One row per model that llama.cpp can hold in that part, the largest first.
--
-- gpu (accelerator, 'ryzen-ai-max-395-128gb'): the laptop's GPU.
-- free_gib (double, 24): GiB of its memory that are free.
-- context_tokens (bigint, 4096): tokens of one sequence.

select
    fitting.model,
    size.resident_param_count as param_count,
    fitting.weight_format,
    fitting.weights_bytes,
    fitting.required_bytes,
    fitting.headroom_bytes,
    fitting.max_context_tokens
from
    mlsysdb.fits(
        coalesce(getvariable('gpu')::varchar, 'ryzen-ai-max-395-128gb'),
        devices := 1,
        context_tokens := coalesce(getvariable('context_tokens')::bigint, 4096),
        engine := 'llama.cpp',
        free_memory_bytes := coalesce(getvariable('free_gib')::double, 24) * 1073741824
    ) as fitting
inner join mlsysdb.model_size as size on fitting.model = size.model_id
where fitting.fits
order by size.resident_param_count desc, fitting.model asc
