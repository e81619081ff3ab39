-- One row per model: what the engines' memory terms ask of it.
--
-- vocab_size is 0 for a model without an output matrix (embeddings, rerankers): it samples nothing.

create or replace view model_trait as
select
    model.model_id,
    model.layers,
    model.hidden_size,
    coalesce(model.intermediate_size, 0) as intermediate_size,
    case when model.is_tied or bool_or(tensor.role = 'lm_head') then model.vocab_size else 0 end as vocab_size,
    model.context_tokens,
    coalesce(model.experts_per_token, 0) as experts_per_token,
    coalesce(max(case when tensor.role = 'expert' and tensor.part = 'down' then tensor.in_features end), 0)::bigint as expert_width,
    coalesce(sum(case when tensor.role = 'expert' and tensor.part <> 'bias' then tensor.param_count end), 0)::bigint as expert_params,
    coalesce(sum(case when tensor.role = 'attention' and tensor.part = 'kv_b' then tensor.param_count end), 0)::bigint
        as absorbed_params,
    coalesce(
        (
            select sum(rope.positions * rope.dim) from rope_table as rope
            where rope.model_id = model.model_id
        ),
        model.context_tokens * (
            select max(coalesce(layer.rope_dim, layer.key_dim)) from layer_group as layer
            where layer.model_id = model.model_id
        ),
        0
    )::bigint as rope_values,
    bool_or(tensor.role in ('vision', 'audio')) as has_encoder
from model
inner join tensor_group as tensor on model.model_id = tensor.model_id
group by
    model.model_id, model.layers, model.hidden_size, model.intermediate_size, model.vocab_size, model.context_tokens,
    model.experts_per_token, model.is_tied
