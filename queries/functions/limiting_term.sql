-- The largest of the terms of a sum, by name; context_tokens when the context is beyond the model's own.

create or replace macro limiting_term(
    weights_bytes double, kv_reserved_bytes double, activation_bytes double,
    cuda_graph_bytes double, runtime_bytes double, is_beyond_context boolean
) as
case
    when is_beyond_context then 'context_tokens'
    when weights_bytes is null or kv_reserved_bytes is null or activation_bytes is null then null
    when weights_bytes >= greatest(kv_reserved_bytes, activation_bytes, cuda_graph_bytes, runtime_bytes) then 'weights_bytes'
    when kv_reserved_bytes >= greatest(activation_bytes, cuda_graph_bytes, runtime_bytes) then 'kv_reserved_bytes'
    when activation_bytes >= greatest(cuda_graph_bytes, runtime_bytes) then 'activation_bytes'
    when cuda_graph_bytes >= runtime_bytes then 'cuda_graph_bytes'
    else 'runtime_bytes'
end;

-- tests

select limiting_term(10, 5, 1, 1, 1, false) = 'weights_bytes' as weights_are_the_most;
select limiting_term(10, 50, 1, 1, 1, false) = 'kv_reserved_bytes' as a_long_context;
select limiting_term(10, 50, 1, 1, 1, true) = 'context_tokens' as the_model_cannot_do_it_at_all;
select limiting_term(null, 50, 1, 1, 1, false) is null as unknown_stays_unknown;
