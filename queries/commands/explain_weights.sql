-- What do a model's weights take on one device, role by role? As published, where a checkpoint is named and its size is known.

with part as (
    select
        weight.role,
        weight.param_count,
        weight.weights_bytes * coalesce(published.size_ratio, 1) as weights_bytes,
        shard_fraction(weight.shard_kind, $tensor_parallel, $expert_parallel, model.kv_heads, model.vocab_size) * case
            when weight.role in ('embedding', 'lm_head') then 1
            else stage_layers(model.layers, $pipeline_parallel) / model.layers
        end as device_share,
        model.source_id,
        model.locator,
        model.tier
    from kept_model_weight as weight
    inner join model on weight.model_id = model.model_id
    left join published($checkpoint) as published
        on weight.model_id = published.model_id and weight.weight_format_id = published.weight_format_id
    where
        weight.model_id = $model and weight.weight_format_id = $weight_format
        and not ($is_text_only and weight.role in ('vision', 'audio'))
)

select
    part.role,
    sum(part.param_count)::bigint as param_count,
    sum(part.weights_bytes * part.device_share) as weights_bytes,
    sum(part.weights_bytes * part.device_share) / sum(part.weights_bytes) as device_share,
    sum(part.weights_bytes) * 8 / sum(part.param_count) as bits,
    any_value(part.source_id) as source_id,
    any_value(part.locator) as locator,
    any_value(part.tier) as tier
from part
group by part.role
order by weights_bytes desc, part.role asc
