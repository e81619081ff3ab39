-- One row per way tensors and models differ to a storage rule: few classes stand for thousands of tensors.

create or replace view tensor_class as
select
    model.model_id,
    tensor.ordinal,
    case when tensor.in_features = 1 then 'norm' else tensor.role end as role,
    case when tensor.in_features = 1 then '*' else tensor.part end as part,
    case
        when model.architecture ilike '%falcon%' then model.architecture when model.architecture ilike 'llama%' then 'llama'
        when model.architecture ilike 'qwen2for%' then 'qwen2for' else ''
    end as architecture,
    case when model.layers = 80 then 80 else 0 end as layers,
    case
        when coalesce(model.heads, 0) >= 4 * coalesce(model.kv_heads, 1) then 4
        when coalesce(model.kv_heads, 1) < model.heads then 2 else 1
    end as heads_per_kv_head,
    case when model.experts = 8 then 8 when model.experts >= 4 then 4 else 0 end as experts,
    model.is_tied,
    case when model.native_weight_format_id = 'mxfp4' then 'mxfp4' else '' end as native_weight_format_id,
    case when tensor.in_features % 256 = 0 then 256 when tensor.in_features % 32 = 0 then 32 else 1 end as in_features
from tensor_group as tensor
inner join model on tensor.model_id = model.model_id
