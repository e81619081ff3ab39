-- A layer's cache holds as many values as its key projection puts out: a Falcon-7B has one key head, not 71.
--
-- A linear attention layer keeps no keys, and puts out queries, keys and values of every head.
--
-- Mend: correct kv_heads or key_dim in layer_group.csv; the key projection has kv_heads x key_dim rows in tensor_group.csv,
-- one of queries, keys and values together heads x key_dim more and the values'.

select
    tensor.model_id,
    tensor.ordinal as tensor_ordinal,
    tensor.out_features
from tensor_group as tensor
inner join model on tensor.model_id = model.model_id
where
    tensor.role = 'attention' and tensor.part in ('k', 'qkv') and tensor.in_features > 1
    and not model.is_encoder
    and not exists (
        select 1 from layer_group as layer
        where
            layer.model_id = tensor.model_id
            and layer.kv_heads * case tensor.part when 'k' then layer.key_dim else layer.key_dim + layer.value_dim end
            + case tensor.part when 'k' then 0 else model.heads * layer.key_dim end = tensor.out_features
    )
    and not exists (
        select 1 from layer_group as layer
        where
            layer.model_id = tensor.model_id and layer.kind = 'recurrent'
            and tensor.part = 'qkv' and 3 * model.heads * model.head_dim = tensor.out_features
    )
