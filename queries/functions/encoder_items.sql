-- How many pictures an engine profiles at once: as many of the largest as fill the step, one at least.
--
-- Source: vLLM, multimodal/encoder_budget.py (the budget is the step or one item, whichever is larger).

create or replace macro encoder_items(step_tokens bigint, item_tokens bigint) as
case when step_tokens is not null and item_tokens is not null then greatest(step_tokens // item_tokens, 1) end;

-- tests

select encoder_items(8192, 16384) = 1 as one_picture_at_least;
select encoder_items(8192, 256) = 32 as small_ones_fill_the_step;
select encoder_items(null, 256) is null as unknown_stays_unknown;
select encoder_items(8192, null) is null as unknown_pictures_too;
