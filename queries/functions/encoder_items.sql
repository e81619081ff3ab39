-- How many pictures (or lengths of one that grows with the context) an engine profiles at once: as many as fill the step.
--
-- Source: vLLM, multimodal/encoder_budget.py (the budget is the step or one item, whichever is larger); models/qwen2_vl.py (a video
-- of as many frames as the context holds).

create or replace macro encoder_items(step_tokens bigint, item_tokens bigint, growth bigint, context_tokens bigint) as
case
    when step_tokens is not null and item_tokens is not null and growth is not null and context_tokens is not null
        then
            greatest(step_tokens // (item_tokens * least(growth, greatest(context_tokens // 16384, 1))), 1)
            * least(growth, greatest(context_tokens // 16384, 1))
end;

-- tests

select encoder_items(8192, 16384, 1, 131072) = 1 as one_picture_at_least;
select encoder_items(8192, 256, 1, 8192) = 32 as small_ones_fill_the_step;
select encoder_items(8192, 16384, 7, 131072) = 7 as a_video_grows_with_the_context;
select encoder_items(8192, 16384, 7, 8192) = 1 as but_is_one_at_least;
select encoder_items(null, 256, 1, 8192) is null as unknown_stays_unknown;
