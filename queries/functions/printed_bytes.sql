-- An amount of memory as people print it, in bytes ("80994 MiB", "79.1 GiB"); `unit` is that of a bare number.
--
-- NULL where it is no amount or has no unit. KB, MB, GB and TB are powers of 1,000; KiB, Ki and the like of 1,024.

create or replace macro printed_bytes(printed varchar, unit varchar := null) as
case
    when regexp_full_match(trim(printed), '[0-9][0-9,]*(\.[0-9]+)? *[A-Za-z]*')
        then
            try_cast(replace(regexp_extract(trim(printed), '^[0-9.,]+'), ',', '') as double)
            * case lower(coalesce(nullif(regexp_extract(trim(printed), '[A-Za-z]*$'), ''), unit))
                when 'b' then 1
                when 'bytes' then 1
                when 'kb' then 1000
                when 'mb' then 1000000
                when 'gb' then 1000000000
                when 'tb' then 1000000000000
                when 'kib' then 1024
                when 'mib' then 1048576
                when 'gib' then 1073741824
                when 'tib' then 1099511627776
                when 'ki' then 1024
                when 'mi' then 1048576
                when 'gi' then 1073741824
                when 'ti' then 1099511627776
            end
end;

-- tests

select printed_bytes('80994 MiB') = 80994 * 1048576.0 as as_nvidia_smi_prints_it;
select printed_bytes('24', 'gib') = 24 * 1073741824.0 as bare_number_in_a_known_unit;
select printed_bytes('80GB', 'mib') = 80e9 as its_own_unit_wins;
select printed_bytes('1,024 KiB') = 1048576 as separators;
select printed_bytes('80') is null as no_unit_no_guess;
select printed_bytes('nan', 'gib') is null as not_a_number;
select printed_bytes('-1 GiB') is null as nothing_is_less_than_none;
select printed_bytes(null, 'gib') is null as unknown_stays_unknown;
