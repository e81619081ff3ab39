-- A whole number as people print it ("8", "8.0", "1,024"); NULL where it is none.

create or replace macro printed_count(printed varchar) as
case
    when regexp_full_match(trim(printed), '([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.0+)?')
        then try_cast(regexp_replace(replace(trim(printed), ',', ''), '\.0+$', '') as bigint)
end;

-- tests

select printed_count('8') = 8 as plain;
select printed_count(' 8.0 ') = 8 as as_spreadsheets_save_it;
select printed_count('1,024') = 1024 as separators;
select printed_count('-8') is null as negative;
select printed_count('2.5') is null as not_whole;
select printed_count('1e9') is null as no_exponents;
select printed_count('99999999999999999999') is null as beyond_all_bounds;
