-- One row per model, weight format, tensor role and way the tensors are split over devices: bytes over the whole model.

create or replace view model_weight as
select
    tensor.model_id,
    rule.weight_format_id,
    shard_kind(tensor.role, tensor.part) as shard_kind,
    tensor.role,
    sum(tensor.param_count * share_fraction(rule.share, greatest(tensor.layers, 1))) as param_count,
    sum(
        matrix_bytes(
            tensor.out_features, tensor.in_features, tensor.tensors * share_fraction(rule.share, greatest(tensor.layers, 1)),
            rule.tensor_bits, rule.row_bits, rule.block_out, rule.block_in, rule.block_bits
        )
    ) as weights_bytes
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
    tensor.model_id, rule.weight_format_id, shard_kind(tensor.role, tensor.part), tensor.role
