-- A price as people print it ("2.99", "$1,234.50"), in whatever currency it is; NULL where it is none.

create or replace macro printed_price(printed varchar) as
case
    when regexp_full_match(trim(printed), '[$€£¥]? ?([0-9]{1,15}|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?')
        then try_cast(regexp_replace(trim(printed), '[$€£¥, ]', '', 'g') as double)
end;

-- tests

select printed_price('2.99') = 2.99 as plain;
select printed_price('$1,234.50') = 1234.5 as with_sign_and_separators;
select printed_price('1,5') is null as which_comma_is_not_guessed;
select printed_price('-1') is null as nobody_pays_you;
select printed_price('nan') is null as not_a_number;
select printed_price('inf') is null as nor_infinity;
