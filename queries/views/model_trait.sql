-- One row per model: what the engines' memory terms ask of it.

create or replace view model_trait as
select
    model.model_id,
    model.layers,
    model.hidden_size,
    coalesce(model.intermediate_size, 0) as intermediate_size,
    model.vocab_size,
    coalesce(model.experts_per_token, 0) as experts_per_token,
    coalesce(
        max(case when tensor.role = 'expert' and tensor.part = 'down' then tensor.in_features end), 0
    )::bigint as expert_intermediate_size,
    bool_or(tensor.role in ('vision', 'audio')) as has_encoder
from model
inner join tensor_group as tensor on model.model_id = tensor.model_id
group by all
