-- What a cell of somebody's table says, trimmed; NULL when it says nothing or only that nothing is known.

create or replace macro stated(text varchar) as
case
    when lower(trim(text)) in ('', '-', 'n/a', '[n/a]', 'na', 'null', 'none', 'unknown', '[not supported]') then null
    else trim(text)
end;

-- tests

select stated(' NVIDIA L4 ') = 'NVIDIA L4' as trimmed;
select stated('[N/A]') is null as nothing_known;
select stated('  ') is null as nothing_said;
select stated('nan') = 'nan' as said_and_wrong;
