-- One row per name and kind that has one meaning: its only target, or the only preferred one of several.
--
-- The name of a system whose devices are all of one kind stands for that accelerator too, unless an accelerator bears it.
-- A checkpoint's name means its model too.

create or replace view resolved_name as
with counted as (
    select
        name.name_key,
        name.kind,
        count(*) as targets,
        count(*) filter (where name.is_preferred) as preferred,
        min(name.target_id) as only_target_id,
        min(name.target_id) filter (where name.is_preferred) as preferred_target_id
    from kept_name as name
    group by name.name_key, name.kind
),

meant as (
    select
        counted.name_key,
        counted.kind,
        case when counted.targets = 1 then counted.only_target_id else counted.preferred_target_id end as target_id,
        counted.targets
    from counted
    where counted.targets = 1 or counted.preferred = 1
)

select
    meant.name_key,
    meant.kind,
    meant.target_id,
    meant.targets,
    case meant.kind when 'accelerator' then 1::bigint end as devices,
    name_key(meant.target_id) as id_key
from meant
union all
select
    meant.name_key,
    'accelerator' as kind,
    shape.accelerator_id as target_id,
    meant.targets,
    shape.devices,
    name_key(shape.accelerator_id) as id_key
from meant
inner join system_shape as shape on meant.target_id = shape.system_id
left join counted as borne on meant.name_key = borne.name_key and borne.kind = 'accelerator'
where meant.kind = 'system' and shape.accelerator_id is not null and borne.name_key is null
union all
select
    checkpoint_name.name_key,
    'model' as kind,
    checkpoint_name.model_id as target_id,
    1 as targets,
    null as devices,
    name_key(checkpoint_name.model_id) as id_key
from checkpoint_name
