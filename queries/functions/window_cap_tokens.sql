-- Tokens beyond which a group's cache grows no more; NULL for full attention, 0 for recurrent layers.
--
-- The counterpart of sequence_blocks, which says what is kept below it.

create or replace macro window_cap_tokens(kind varchar, window_tokens bigint, step_tokens bigint) as
case
    when kind = 'recurrent' then 0
    when kind = 'sliding' and step_tokens > 0 then window_tokens - 1 + step_tokens
    when kind in ('sliding', 'chunked') then window_tokens + step_tokens
end;

-- tests

select window_cap_tokens('sliding', 1024, 8192) = 9215 as a_window_and_a_step;
select window_cap_tokens('sliding', 1024, 0) = 1024 as exactly_the_window;
select window_cap_tokens('recurrent', null, 8192) = 0 as a_state_does_not_grow;
select window_cap_tokens('full', null, 8192) is null as full_attention_never_stops;
