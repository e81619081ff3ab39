-- Tokens in one block of an attention layer, raised so that its page holds one recurrent state where a model has both.
--
-- Source: vLLM 0.19.0, model_executor/models/config.py, HybridAttentionMambaModelConfig (alignment of 16 tokens).

create or replace macro aligned_block_tokens(block_tokens bigint, token_bytes double, state_bytes double) as
case
    when coalesce(state_bytes, 0) = 0 or coalesce(token_bytes, 0) = 0 then block_tokens
    else greatest(block_tokens, 16 * ceil(state_bytes / (16 * token_bytes))::bigint)
end;

-- tests

select aligned_block_tokens(16, 2048, 0) = 16 as without_recurrent_layers_nothing_changes;
select aligned_block_tokens(16, 1024, 552960) = 544 as qwen3_next_on_two_ranks;
select aligned_block_tokens(16, null, 100) = 16 as a_pure_recurrent_model_has_no_attention_block;
