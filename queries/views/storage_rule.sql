-- One row per weight format, class of tensors and share of layers: the rule that decides its storage.
--
-- Among the rules that hold, the most specific wins ((role, part), then (role, *), then (*, *)), then the highest rank.

create or replace view storage_rule as
with class as (
    select distinct
        role, part, architecture, layers, heads_per_kv_head, experts, is_tied, native_weight_format_id, in_features
    from tensor_class
),

holding as (
    select
        class.*,
        rule.weight_format_id,
        rule.share,
        coalesce(rule.tensor_bits, block.bits) as tensor_bits,
        coalesce(fallback.bits, 16) as fallback_bits,
        coalesce(block.block_values, 1) as block_values,
        rule.row_bits,
        rule.block_out,
        rule.block_in,
        rule.block_bits,
        rank() over (
            partition by
                rule.weight_format_id, class.role, class.part, class.architecture, class.layers, class.heads_per_kv_head,
                class.experts, class.is_tied, class.native_weight_format_id, class.in_features
            order by
                case when rule.role = class.role then 0 else 1 end,
                case when rule.part = class.part then 0 else 1 end,
                rule.condition_rank desc
        ) as choice
    from class
    inner join weight_format_rule as rule
        on rule.role in (class.role, '*') and rule.part in (class.part, '*')
    left join gguf_type as block on rule.gguf_type_id = block.gguf_type_id
    left join gguf_type as fallback on block.fallback_gguf_type_id = fallback.gguf_type_id
    where rule_holds(
        rule.condition, class.architecture, class.layers, class.heads_per_kv_head, 1, class.experts,
        class.is_tied, class.native_weight_format_id, class.in_features
    )
)

select
    holding.role,
    holding.part,
    holding.architecture,
    holding.layers,
    holding.heads_per_kv_head,
    holding.experts,
    holding.is_tied,
    holding.native_weight_format_id,
    holding.in_features,
    holding.weight_format_id,
    holding.share,
    case
        when holding.in_features % holding.block_values = 0 or holding.block_values > 256 then holding.tensor_bits
        else holding.fallback_bits
    end as tensor_bits,
    holding.row_bits,
    holding.block_out,
    holding.block_in,
    holding.block_bits
from holding
where holding.choice = 1
