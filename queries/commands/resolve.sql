-- What a name may mean: the ids of a kind that bear it, and whether it is the one meant when several do.

select
    name.target_id,
    name.is_preferred
from kept_name as name
where name.kind = $kind and name.name_key = name_key($text)
order by name.target_id
