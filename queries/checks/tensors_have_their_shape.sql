-- Norms are vectors, or one for each head; experts are matrices: else a storage rule takes them for something else.
--
-- Mend: correct role, part and shape in tensor_group.csv: out_features x in_features of one matrix, tensors how many.

select
    tensor.model_id,
    tensor.ordinal,
    tensor.role,
    tensor.part,
    tensor.out_features,
    tensor.in_features
from tensor_group as tensor
inner join model on tensor.model_id = model.model_id
where
    (tensor.role = 'norm' and tensor.in_features > 1 and tensor.in_features <> model.head_dim)
    or (tensor.role in ('expert', 'shared_expert') and tensor.part <> 'bias' and tensor.in_features = 1)
