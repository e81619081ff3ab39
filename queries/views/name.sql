-- One row per name, in the form names are compared in, and the thing it may mean.
--
-- An id means its own row before all else, a Hugging Face id comes next, then a maker's name, then what people say.

create or replace view name as
with named as (
    select model_id as name, 'model' as kind, model_id as target_id, true as is_preferred, 0 as distance from model
    union all
    select accelerator_id, 'accelerator', accelerator_id, true, 0 from accelerator
    union all
    select system_id, 'system', system_id, true, 0 from system
    union all
    select weight_format_id, 'weight_format', weight_format_id, true, 0 from weight_format
    union all
    select kv_dtype_id, 'kv_dtype', kv_dtype_id, true, 0 from kv_dtype
    union all
    select hf_id, 'model', model_id, true, 1 from model
    where hf_id is not null
    union all
    select checkpoint_id, 'checkpoint', checkpoint_id, true, 0 from checkpoint
    union all
    select
        regexp_replace(checkpoint_id, '^[^/]+/(.+)-GGUF:(.+)$', '\1-\2.gguf'), 'checkpoint', checkpoint_id, false, 1
    from checkpoint
    where checkpoint_id like '%/%-GGUF:%'
    union all
    select name, 'model', model_id, true, 2 from model
    union all
    select name, 'accelerator', accelerator_id, true, 2 from accelerator
    union all
    select name, 'system', system_id, true, 2 from system
    union all
    select name, 'weight_format', weight_format_id, true, 2 from weight_format
    union all
    select name, 'kv_dtype', kv_dtype_id, true, 2 from kv_dtype
    union all
    select alias, kind, target_id, is_preferred, 3 from alias
),

keyed as (
    select
        name_key(named.name) as name_key,
        named.kind,
        named.target_id,
        min(named.name) as name,
        min(case when named.is_preferred then named.distance end) as preferred_distance
    from named
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
