-- Blocks of a group that do not depend on the context: a recurrent state's, and the one more of a sliding window.
--
-- Source: as sequence_blocks.

create or replace macro constant_blocks(kind varchar, step_tokens bigint, recurrent_blocks bigint) as
case when kind = 'recurrent' then recurrent_blocks when kind = 'sliding' and step_tokens > 0 then 1 else 0 end;

-- tests

select constant_blocks('recurrent', 8192, 2) = 2 as a_state;
select constant_blocks('sliding', 8192, 1) = 1 as one_more_for_a_window;
select constant_blocks('sliding', 0, 1) = 0 as none_where_exactly_the_window_is_kept;
select constant_blocks('full', 8192, 1) = 0 as none_for_full_attention;
