-- Tokens of a sequence that a layer keeps: all of them, or at most its window.

create or replace macro cached_tokens(context_tokens bigint, window_tokens bigint) as
least(context_tokens, coalesce(window_tokens, context_tokens));

-- tests

select cached_tokens(131072, 1024) = 1024 as a_window_is_a_ceiling;
select cached_tokens(100, 1024) = 100 as a_short_sequence_is_kept_whole;
select cached_tokens(100, null) = 100 as full_attention_keeps_all;
