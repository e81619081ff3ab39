-- What do a model's weights take on one device, role by role? As published, where a checkpoint is named and its size is known.

with part as (
    select
        weight.role,
        weight.shard_kind,
        weight.param_count,
        weight.weights_bytes * coalesce(published.size_ratio, 1) as weights_bytes
    from kept_model_weight as weight
    left join published($checkpoint) as published
        on weight.model_id = published.model_id and weight.weight_format_id = published.weight_format_id
    where
        weight.model_id = $model and weight.weight_format_id = $weight_format
        and not ($is_text_only and weight.role in ('vision', 'audio'))
)

select
    part.role,
    sum(part.param_count)::bigint as param_count,
    sum(
        part.weights_bytes * shard_fraction(
            part.shard_kind, $tensor_parallel, $pipeline_parallel, $expert_parallel, model.kv_heads, model.vocab_size, model.layers
        )
    ) as weights_bytes,
    sum(
        part.weights_bytes * shard_fraction(
            part.shard_kind, $tensor_parallel, $pipeline_parallel, $expert_parallel, model.kv_heads, model.vocab_size, model.layers
        )
    ) / sum(part.weights_bytes) as device_share,
    sum(part.weights_bytes) * 8 / sum(part.param_count) as bits,
    any_value(model.source_id) as source_id,
    any_value(model.locator) as locator,
    any_value(model.tier) as tier
from part
inner join model on model.model_id = $model
group by part.role
order by weights_bytes desc, part.role asc
