-- One row per name, in the form names are compared in, and the thing it may mean.
--
-- An id means its own row before all else. Then a user's own names come before the catalog's; among either a Hugging Face id
-- comes first, then a maker's name, then what people say.

create or replace view name as
with named as (
    select model_id as name, 'model' as kind, model_id as target_id, true as is_preferred, 0 as distance, source_id from model
    union all
    select accelerator_id, 'accelerator', accelerator_id, true, 0, source_id from accelerator
    union all
    select system_id, 'system', system_id, true, 0, source_id from system
    union all
    select weight_format_id, 'weight_format', weight_format_id, true, 0, source_id from weight_format
    union all
    select kv_dtype_id, 'kv_dtype', kv_dtype_id, true, 0, source_id from kv_dtype
    union all
    select hf_id, 'model', model_id, true, 1, source_id from model
    where hf_id is not null
    union all
    select checkpoint_id, 'checkpoint', checkpoint_id, true, 0, source_id from checkpoint
    union all
    select
        regexp_replace(checkpoint_id, '^[^/]+/(.+)-GGUF:(.+)$', '\1-\2.gguf'), 'checkpoint', checkpoint_id, false, 1, source_id
    from checkpoint
    where checkpoint_id like '%/%-GGUF:%'
    union all
    select name, 'model', model_id, true, 2, source_id from model
    union all
    select name, 'accelerator', accelerator_id, true, 2, source_id from accelerator
    union all
    select name, 'system', system_id, true, 2, source_id from system
    union all
    select name, 'weight_format', weight_format_id, true, 2, source_id from weight_format
    union all
    select name, 'kv_dtype', kv_dtype_id, true, 2, source_id from kv_dtype
    union all
    select alias, kind, target_id, is_preferred, 3, source_id from alias
),

keyed as (
    select
        name_key(named.name) as name_key,
        named.kind,
        named.target_id,
        min(named.name) as name,
        min(
            case
                when not named.is_preferred then null
                when named.distance = 0 or source.origin = 'user' then named.distance
                else named.distance + 3
            end
        ) as preferred_distance
    from named
    inner join source on named.source_id = source.source_id
    group by name_key(named.name), named.kind, named.target_id
)

select
    keyed.name_key,
    keyed.kind,
    keyed.target_id,
    keyed.name,
    coalesce(
        keyed.preferred_distance = min(keyed.preferred_distance) over (partition by keyed.name_key, keyed.kind), false
    ) as is_preferred
from keyed
