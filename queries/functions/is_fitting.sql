-- Three-valued verdict: what is required fits what is usable, does not, or (NULL) is not known.
--
-- A context above the model's own never fits.

create or replace macro is_fitting(required_bytes double, usable_memory_bytes double, is_beyond_context boolean := false) as
case when is_beyond_context then false else required_bytes <= usable_memory_bytes end;

-- tests

select is_fitting(10, 10) as just_enough_is_enough;
select not is_fitting(10.5, 10) as more_is_not;
select not is_fitting(1, 10, true) as the_model_itself_cannot;
select is_fitting(null, 10) is null as unknown_stays_unknown;
