-- What do a model's weights take on one device, role by role?

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
from model_weight as part
inner join model on part.model_id = model.model_id
where part.model_id = $model and part.weight_format_id = $weight_format
group by part.role
order by weights_bytes desc, part.role asc
