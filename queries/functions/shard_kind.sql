-- How tensor parallelism splits a tensor: vocab, tensor, kv, expert, stage (replicated within a stage) or none (not loaded).
--
-- Megatron-style column and row splits; norms, routers and the MLA down-projections are replicated; multi-token-prediction
-- layers are loaded only for speculative decoding. Source: vLLM, model_executor/layers/linear.py and vocab_parallel_embedding.py.

create or replace macro shard_kind(role varchar, part varchar) as
case
    when role = 'mtp' then 'none'
    when role in ('embedding', 'lm_head') then 'vocab'
    when role in ('norm', 'router') then 'stage'
    when role = 'attention' and part in ('k', 'v') then 'kv'
    when role = 'attention' and part in ('q_a', 'kv_a', 'indexer', 'sink') then 'stage'
    when role = 'expert' then 'expert'
    when role = 'other' then 'stage'
    else 'tensor'
end;

-- tests

select shard_kind('attention', 'k') = 'kv' as key_heads_are_replicated_when_ranks_outnumber_them;
select shard_kind('attention', 'kv_a') = 'stage' as the_mla_latent_is_on_every_rank;
select shard_kind('mtp', 'weight') = 'none' as mtp_is_not_loaded;
select shard_kind('mlp', 'down') = 'tensor' as linear_layers_are_split;
