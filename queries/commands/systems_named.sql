-- Which systems does a name mean, where no accelerator bears it? With their devices and what joins them.

select
    name.target_id as system_id,
    name.is_preferred,
    figure.accelerator_id,
    figure.accelerator_kinds,
    figure.devices,
    figure.nodes,
    figure.fabric,
    figure.network
from name
inner join system_figure as figure on name.target_id = figure.system_id
where
    name.kind = 'system' and name.name_key = name_key($text)
    and not exists (
        select 1 from name as borne
        where borne.kind = 'accelerator' and borne.name_key = name.name_key
    )
order by name.target_id
