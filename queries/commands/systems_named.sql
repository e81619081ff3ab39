-- Which systems does a name mean, where no accelerator bears it?

select
    name.target_id as system_id,
    name.is_preferred
from kept_name as name
where
    name.kind = 'system' and name.name_key = name_key($text)
    and not exists (
        select 1 from kept_name as borne
        where borne.kind = 'accelerator' and borne.name_key = name.name_key
    )
order by name.target_id
