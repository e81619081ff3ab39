-- Memory an engine may use on a device of which only a part is free: never more than what is free.

create or replace macro free_usable_bytes(usable_bytes double, free_bytes double) as
case when free_bytes < usable_bytes then free_bytes else usable_bytes end;

-- tests

select free_usable_bytes(72, 40) = 40 as no_more_than_is_free;
select free_usable_bytes(72, 80) = 72 as nor_than_its_share;
select free_usable_bytes(72, null) = 72 as all_is_free_unless_said;
select free_usable_bytes(null, 40) is null as unknown_stays_unknown;
