-- One row per model and weight format: the weights that a device holds which shares no layer with another.

create or replace view whole_weight as
with held as (
    select
        part.model_id,
        part.weight_format_id,
        part.role,
        sum(
            part.weights_bytes * shard_fraction(part.shard_kind, 1, 1, model.kv_heads, model.vocab_size)
        ) as held_bytes,
        unsplit_bytes(
            sum(part.element_bytes * shard_fraction(part.shard_kind, 1, 1, model.kv_heads, model.vocab_size))
            / max(part.matrices)
        ) * max(part.matrices) as unsplit_bytes
    from kept_model_weight as part
    inner join model on part.model_id = model.model_id
    group by part.model_id, part.weight_format_id, part.role, part.matrix, part.in_features, part.layers
)

select
    held.model_id,
    held.weight_format_id,
    unnest(role_totals(held.role, held.held_bytes, held.unsplit_bytes))
from held
group by held.model_id, held.weight_format_id;
