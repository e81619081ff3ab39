-- The matrix that an engine loads a tensor into: queries, keys and values are one, and so are gate and up projections.
--
-- Source: vLLM, model_executor/layers/linear.py QKVParallelLinear and MergedColumnParallelLinear.

create or replace macro fused_matrix(role varchar, part varchar) as
case
    when role = 'attention' and part in ('q', 'k', 'v') then 'qkv'
    when part in ('gate', 'up') then 'gate_up'
    else part
end;

-- tests

select fused_matrix('attention', 'k') = 'qkv' as keys_join_queries_and_values;
select fused_matrix('mlp', 'up') = 'gate_up' as up_joins_gate;
select fused_matrix('expert', 'down') = 'down' as others_stand_alone;
