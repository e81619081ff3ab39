-- Share of a tensor group that one device holds, for a way of splitting it (see shard_kind).
--
-- vocab: rows padded to 64 a rank; kv: never less than one head a rank; expert: over expert- or tensor-parallel ranks,
-- whichever are more. The layers' share is that of the fullest pipeline stage. Source: vLLM, as in shard_kind.

create or replace macro shard_fraction(
    shard_kind varchar, tensor_parallel bigint, pipeline_parallel bigint, expert_parallel bigint,
    kv_heads bigint, vocab_size bigint, layers bigint
) as
case shard_kind
    when 'none' then 0
    when 'vocab' then ceil(vocab_size / (64.0 * tensor_parallel)) * 64 / vocab_size
    else ceil(layers / pipeline_parallel) / layers * case shard_kind
        when 'stage' then 1
        when 'kv' then greatest(1.0 / tensor_parallel, 1.0 / kv_heads)
        when 'expert' then 1.0 / greatest(tensor_parallel, expert_parallel)
        else 1.0 / tensor_parallel
    end
end;

-- tests

select shard_fraction('tensor', 2, 1, 1, 8, 128256, 80) = 0.5 as two_ranks_halve_a_layer;
select shard_fraction('kv', 16, 1, 1, 8, 128256, 80) = 0.125 as sixteen_ranks_still_hold_a_key_head_each;
select shard_fraction('stage', 8, 1, 1, 8, 128256, 80) = 1 as norms_are_on_every_rank;
select shard_fraction('tensor', 1, 4, 1, 8, 128256, 62) = 16 / 62 as the_fullest_stage_has_sixteen_of_62_layers;
select shard_fraction('vocab', 1, 1, 1, 8, 151643, 32) > 1 as the_vocabulary_is_padded;
select shard_fraction('none', 1, 1, 1, 8, 128256, 80) = 0 as what_is_not_loaded_takes_nothing;
