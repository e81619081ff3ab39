-- Bytes of weights on the fullest pipeline stage: its layers, and the embedding (first stage) or the lm_head (last).
--
-- A single stage holds both; with tied embeddings the last stage holds the table again. llama.cpp keeps an untied embedding in
-- host memory (src/llama-model.cpp).

create or replace macro stage_weights_bytes(
    layers_bytes double, embedding_bytes double, lm_head_bytes double, pipeline_parallel bigint, is_tied boolean,
    is_embedding_on_host boolean
) as
layers_bytes + case
    when is_embedding_on_host and not is_tied then coalesce(lm_head_bytes, 0)
    when pipeline_parallel = 1 then coalesce(embedding_bytes, 0) + coalesce(lm_head_bytes, 0)
    when is_tied then coalesce(embedding_bytes, 0)
    else greatest(coalesce(embedding_bytes, 0), coalesce(lm_head_bytes, 0))
end;

-- tests

select stage_weights_bytes(100, 10, 10, 1, false, false) = 120 as one_stage_holds_all;
select stage_weights_bytes(50, 10, 12, 2, false, false) = 62 as the_last_stage_is_the_fullest;
select stage_weights_bytes(50, 10, null, 2, true, false) = 60 as tied_embeddings;
select stage_weights_bytes(100, 10, 12, 1, false, true) = 112 as an_embedding_in_host_memory;
select stage_weights_bytes(null, 10, 12, 1, false, false) is null as unknown_stays_unknown;
