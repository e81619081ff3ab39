-- Tokens that the cache pool holds, as the engine reports it ("GPU KV cache size").
--
-- Older vLLM: blocks of one group x the block size; from 0.21, and elsewhere: how many sequences of the context fit, times
-- the context. Source: vLLM, v1/core/kv_cache_utils.py, _report_kv_cache_config.

create or replace macro capacity_tokens(
    pool_bytes double, sequence_bytes double, context_tokens bigint, block_bytes double, block_tokens bigint,
    groups bigint, is_capacity_by_blocks boolean
) as
case
    when is_capacity_by_blocks and block_bytes > 0 then (pool_bytes // block_bytes // groups * block_tokens)::bigint
    when sequence_bytes > 0 then floor(pool_bytes / sequence_bytes * context_tokens)::bigint
end;

-- tests

select capacity_tokens(64.64 * power(2, 30), 1, 8192, 917504, 16, 1, true) // 1000 = 1210 as qwen25_7b_on_vllm_0_19;
select capacity_tokens(1000, 100, 50, 10, 16, 1, false) = 500 as ten_sequences_of_fifty;
select capacity_tokens(1000, 0, 50, 0, 16, 1, false) is null as a_model_without_a_cache_has_none;
