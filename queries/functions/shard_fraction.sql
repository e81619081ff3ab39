-- Share of a tensor group that one rank holds, of those of its pipeline stage, for a way of splitting it (see shard_kind).
--
-- vocab: rows padded to 64 a rank; kv: never less than one head a rank; expert: over expert- or tensor-parallel ranks,
-- whichever are more. Source: vLLM, as in shard_kind.

create or replace macro shard_fraction(
    shard_kind varchar, tensor_parallel bigint, expert_parallel bigint, kv_heads bigint, vocab_size bigint
) as
case shard_kind
    when 'none' then 0
    when 'vocab' then ceil(vocab_size / (64.0 * tensor_parallel)) * 64 / vocab_size
    when 'stage' then 1
    when 'kv' then greatest(1.0 / tensor_parallel, 1.0 / kv_heads)
    when 'expert' then 1.0 / greatest(tensor_parallel, expert_parallel)
    else 1.0 / tensor_parallel
end;

-- tests

select shard_fraction('tensor', 2, 1, 8, 128256) = 0.5 as two_ranks_halve_a_layer;
select shard_fraction('kv', 16, 1, 8, 128256) = 0.125 as sixteen_ranks_still_hold_a_key_head_each;
select shard_fraction('stage', 8, 1, 8, 128256) = 1 as norms_are_on_every_rank;
select shard_fraction('expert', 1, 4, 8, 128256) = 0.25 as experts_over_ranks_of_their_own;
select shard_fraction('vocab', 1, 1, 8, 151643) > 1 as the_vocabulary_is_padded;
select shard_fraction('none', 1, 1, 8, 128256) = 0 as what_is_not_loaded_takes_nothing;
