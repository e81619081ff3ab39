-- The form in which names are compared: lower case, without '-', '_', '.' and spaces; '.' stays between two digits.
--
-- "Llama3_70B", "llama-3-70b" and "LLAMA 3 70B" are one key; 3.1 and 31 are not. The parameter is untyped because DuckDB 2.0.0
-- cannot bind a typed one to a column of a lateral join.

create or replace macro name_key(name) as
regexp_replace(
    regexp_replace(
        regexp_replace(lower(name::varchar), '([0-9])[^0-9a-z]+([0-9])', '\1.\2', 'g'),
        '([0-9])[^0-9a-z.]+([0-9])', '\1.\2', 'g'
    ),
    '([^0-9a-z.]+)|(\.+$)|(^\.+)|(\.+([^0-9]))', '\5', 'g'
);

-- tests

select name_key('Llama3_70B') = name_key('llama-3-70b') as case_and_separators_do_not_count;
select name_key('Llama-3.1-70B') <> name_key('Llama-31-70B') as a_point_between_digits_does;
select name_key('NVIDIA H100 80GB HBM3') = 'nvidiah100.80gbhbm3' as digits_stay_apart;
select name_key('meta-llama/Llama-2-7b-hf') = 'metallamallama2.7bhf' as hugging_face_ids_too;
select name_key(null) is null as unknown_stays_unknown;
