-- What does each GPU or machine name of an inventory mean? One row per spelling; no accelerator where it is unclear.

with listed as (
    select
        entry.gpu,
        name_key(entry.gpu) as name_key,
        count(*) as rows
    from fleet_entry as entry
    where entry.gpu is not null
    group by entry.gpu
),

meaning as (
    select
        name.name_key,
        false as is_system,
        string_agg(name.target_id, ', ' order by name.target_id) as targets
    from kept_name as name
    where name.kind = 'accelerator'
    group by name.name_key
    union all
    select
        name.name_key,
        true as is_system,
        string_agg(name.target_id, ', ' order by name.target_id) as targets
    from kept_name as name
    where
        name.kind = 'system'
        and name.name_key not in (
            select borne.name_key from kept_name as borne
            where borne.kind = 'accelerator'
        )
    group by name.name_key
)

select
    listed.gpu,
    listed.rows,
    resolved.target_id as accelerator,
    resolved.devices as machine_devices,
    coalesce(meaning.is_system, false) as is_system,
    coalesce(resolved.targets > 1, false) as is_chosen,
    meaning.targets
from listed
left join meaning on listed.name_key = meaning.name_key
left join kept_resolved_name as resolved on listed.name_key = resolved.name_key and resolved.kind = 'accelerator'
