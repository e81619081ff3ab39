-- Tokens of a sequence that a layer keeps: all of them, or at most its window.

create or replace macro cached_tokens(context_tokens bigint, window_tokens bigint) as
case when window_tokens < context_tokens then window_tokens else context_tokens end;

-- tests

select cached_tokens(131072, 1024) = 1024 as a_window_is_a_ceiling;
select cached_tokens(100, 1024) = 100 as a_short_sequence_is_kept_whole;
select cached_tokens(100, null) = 100 as full_attention_keeps_all;
select cached_tokens(null, 1024) is null as unknown_stays_unknown;
