-- How much cache does a token take: latent against grouped-query attention?
--
-- One row per model with a cache that grows with the context, by bytes of cache a token for each thousand million parameters.
--
-- gpu (accelerator, 'H200'): any GPU; bytes a token do not depend on it.

select
    planned.model,
    class.architecture_class,
    size.resident_param_count as param_count,
    planned.kv_bytes_per_token,
    planned.kv_bytes_per_token / (size.resident_param_count / 1e9) as kv_bytes_per_token_per_billion
from
    mlsysdb.plan(
        coalesce(getvariable('gpu')::varchar, 'H200'), null, 1, null, null, null, null, null, 'native', 'bf16', 'ideal', null,
        null, null, false, false
    ) as planned
inner join mlsysdb.model_size as size on planned.model = size.model_id
inner join mlsysdb.model_class as class on planned.model = class.model_id
where planned.kv_bytes_per_token > 0
order by kv_bytes_per_token_per_billion asc, planned.model asc
