-- One row per model, weight format, kind of matrix and way it is split over devices: bytes over the whole model.
--
-- Weights and bytes of a kind of tensor are whole numbers, so that their sums are the same in any order.
-- matrices counts what an engine allocates at once: queries, keys and values as one, all experts of a layer as one.

create or replace view model_weight as
select
    tensor.model_id,
    rule.weight_format_id,
    shard_kind(tensor.role, tensor.part) as shard_kind,
    tensor.role,
    fused_matrix(tensor.role, tensor.part) as matrix,
    max(case when tensor.role = 'expert' then tensor.layers else tensor.tensors end) as matrices,
    tensor.in_features,
    tensor.layers,
    sum(round(tensor.param_count * share_fraction(rule.share, greatest(tensor.layers, 1)))) as param_count,
    sum(
        round(matrix_bytes(
            tensor.out_features, tensor.in_features, tensor.tensors * share_fraction(rule.share, greatest(tensor.layers, 1)),
            rule.tensor_bits, rule.row_bits, rule.block_out, rule.block_in, rule.block_bits
        ))
    ) as weights_bytes,
    sum(round(tensor.param_count * share_fraction(rule.share, greatest(tensor.layers, 1)) * rule.tensor_bits / 8)) as element_bytes
from tensor_group as tensor
inner join tensor_class as class on tensor.model_id = class.model_id and tensor.ordinal = class.ordinal
inner join storage_rule as rule
    on
        class.role = rule.role
        and class.part = rule.part
        and class.architecture = rule.architecture
        and class.layers = rule.layers
        and class.heads_per_kv_head = rule.heads_per_kv_head
        and class.experts = rule.experts
        and class.is_tied = rule.is_tied
        and class.native_weight_format_id = rule.native_weight_format_id
        and class.in_features = rule.in_features
group by
    tensor.model_id, rule.weight_format_id, shard_kind(tensor.role, tensor.part), tensor.role,
    fused_matrix(tensor.role, tensor.part), tensor.in_features, tensor.layers
