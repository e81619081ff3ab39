-- A model's head size times its heads is what its query projection puts out (twice that where a gate stands beside the query).
--
-- Mend: correct heads or head_dim in model.csv: head_dim is a field of its own in config.json, not hidden_size / heads.

select
    model.model_id,
    model.heads,
    model.head_dim,
    tensor.out_features
from model
inner join tensor_group as tensor on model.model_id = tensor.model_id
where
    tensor.role = 'attention' and tensor.part = 'q' and tensor.in_features > 1
    and tensor.out_features not in (model.heads * model.head_dim, 2 * model.heads * model.head_dim)
    and not exists (
        select 1 from layer_group as layer
        where
            layer.model_id = model.model_id
            and tensor.out_features in (model.heads * layer.key_dim, 2 * model.heads * layer.key_dim)
    )
