-- One row per name, in the form names are compared in, and the thing it may mean.

create or replace view name as
with named as (
    select alias as name, kind, target_id, is_preferred from alias
    union all
    select model_id as name, 'model' as kind, model_id as target_id, true as is_preferred from model
    union all
    select hf_id as name, 'model' as kind, model_id as target_id, true as is_preferred from model
    where hf_id is not null
    union all
    select name, 'model' as kind, model_id as target_id, true as is_preferred from model
    union all
    select checkpoint_id as name, 'model' as kind, model_id as target_id, true as is_preferred from checkpoint
    union all
    select accelerator_id as name, 'accelerator' as kind, accelerator_id as target_id, true as is_preferred from accelerator
    union all
    select name, 'accelerator' as kind, accelerator_id as target_id, true as is_preferred from accelerator
    union all
    select weight_format_id as name, 'weight_format' as kind, weight_format_id as target_id, true as is_preferred
    from weight_format
    union all
    select name, 'weight_format' as kind, weight_format_id as target_id, true as is_preferred from weight_format
    union all
    select kv_dtype_id as name, 'kv_dtype' as kind, kv_dtype_id as target_id, true as is_preferred from kv_dtype
    union all
    select name, 'kv_dtype' as kind, kv_dtype_id as target_id, true as is_preferred from kv_dtype
)

select
    name_key(named.name) as name_key,
    named.kind,
    named.target_id,
    min(named.name) as name,
    bool_or(named.is_preferred) as is_preferred
from named
group by name_key(named.name), named.kind, named.target_id
