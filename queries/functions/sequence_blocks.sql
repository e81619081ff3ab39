-- Cache blocks that one sequence holds of one group of layers.
--
-- Full attention: its tokens, rounded up. Sliding: window - 1 and the tokens of one step, and one block more; chunked: its
-- chunk and the tokens of one step. Recurrent: a fixed number. `step_tokens` is max_num_batched_tokens; 0 where an engine
-- keeps exactly the window. Source: vLLM, v1/kv_cache_interface.py, max_memory_usage_bytes of each spec.

create or replace macro sequence_blocks(
    kind varchar, context_tokens bigint, window_tokens bigint, step_tokens bigint,
    block_tokens bigint, recurrent_blocks bigint
) as
case
    when context_tokens is null then null
    when kind = 'recurrent' then recurrent_blocks
    when kind = 'sliding' and step_tokens > 0
        then ceil(least(window_tokens - 1 + step_tokens, context_tokens) / block_tokens)::bigint + 1
    when kind in ('sliding', 'chunked')
        then ceil(least(window_tokens + step_tokens, context_tokens) / block_tokens)::bigint
    else ceil(context_tokens / block_tokens)::bigint
end;

-- tests

select sequence_blocks('full', 8192, null, 8192, 16, 1) = 512 as full_attention_keeps_all;
select sequence_blocks('sliding', 131072, 1024, 8192, 16, 1) = 577 as a_window_and_a_step_and_one_more;
select sequence_blocks('sliding', 131072, 1024, 0, 1, 1) = 1024 as exactly_the_window;
select sequence_blocks('chunked', 131072, 8192, 8192, 16, 1) = 1024 as a_chunk_and_a_step;
select sequence_blocks('recurrent', 131072, null, 8192, 16, 2) = 2 as a_state_does_not_grow;
select sequence_blocks('full', null, null, 8192, 16, 1) is null as unknown_stays_unknown;
select sequence_blocks('sliding', null, 1024, 8192, 16, 1) is null as unknown_stays_unknown_in_a_window_too;
