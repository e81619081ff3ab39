-- One row per name and kind that has one meaning: its only target, or the only preferred one of several.

create or replace view resolved_name as
with counted as (
    select
        name.name_key,
        name.kind,
        count(*) as targets,
        count(*) filter (where name.is_preferred) as preferred,
        min(name.target_id) as only_target_id,
        min(name.target_id) filter (where name.is_preferred) as preferred_target_id
    from name
    group by name.name_key, name.kind
)

select
    counted.name_key,
    counted.kind,
    case when counted.targets = 1 then counted.only_target_id else counted.preferred_target_id end as target_id,
    counted.targets
from counted
where counted.targets = 1 or counted.preferred = 1
