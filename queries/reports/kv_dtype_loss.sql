-- What do we lose by keeping the KV cache in 16 bits?
--
-- One row per model that fits: the longest context and the most sequences with the model's own cache and with a narrower one.
--
-- gpu (accelerator, 'H100'): which GPU.
-- devices (bigint, 1): how many of it.
-- context_tokens (bigint, 32768): tokens of one sequence.
-- kv_dtype (kv_dtype, 'fp8'): the narrower cache.

with wide as (
    select fitting.*
    from
        mlsysdb.fits(
            coalesce(getvariable('gpu')::varchar, 'H100'),
            devices := coalesce(getvariable('devices')::bigint, 1),
            context_tokens := coalesce(getvariable('context_tokens')::bigint, 32768)
        ) as fitting
),

narrow as (
    select fitting.*
    from
        mlsysdb.fits(
            coalesce(getvariable('gpu')::varchar, 'H100'),
            devices := coalesce(getvariable('devices')::bigint, 1),
            context_tokens := coalesce(getvariable('context_tokens')::bigint, 32768),
            kv_dtype := coalesce(getvariable('kv_dtype')::varchar, 'fp8')
        ) as fitting
)

select
    narrow.model,
    coalesce(wide.fits, false) as fits_wide,
    wide.weight_format as weights_wide,
    narrow.weight_format as weights_narrow,
    wide.kv_dtype as kv_dtype_wide,
    narrow.kv_dtype as kv_dtype_narrow,
    wide.max_context_tokens as max_context_tokens_wide,
    narrow.max_context_tokens as max_context_tokens_narrow,
    wide.max_sequences as max_sequences_wide,
    narrow.max_sequences as max_sequences_narrow,
    wide.kv_reserved_bytes - narrow.kv_reserved_bytes as saved_bytes
from narrow
inner join wide on narrow.model = wide.model
where narrow.fits and wide.kv_dtype <> narrow.kv_dtype
order by fits_wide asc, saved_bytes desc nulls last, narrow.model asc
