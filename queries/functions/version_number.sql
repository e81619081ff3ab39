-- A version as one number that orders like versions do: 0.19.1 is 19001; text after the third number is ignored.
--
-- The parameter is untyped for the same reason as that of name_key.

create or replace macro version_number(version) as
try_cast(
    list_inner_product(
        (string_split('0' || regexp_extract(version::varchar, '^v?([0-9]+([.][0-9]+)*)', 1), '.')::double[] || [0, 0])[1:3],
        [1000000, 1000, 1]::double[]
    ) as bigint
);

-- tests

select version_number('0.19.1') = 19001 as three_parts;
select version_number('0.9') < version_number('0.10') as ten_is_after_nine;
select version_number('0.11.2.dev690+g67475a6e8') = 11002 as development_builds_count_as_their_release;
select version_number('6900') = 6900000000 as builds_are_counted_by_some;
select version_number('99999999999999999999') is null as no_engine_gets_that_far;
select version_number(null) is null as unknown_stays_unknown;
