-- What does a name mean, whatever its kind? Preferred meanings only, where there are any.

with found as (
    select
        name.kind,
        name.target_id,
        name.is_preferred,
        bool_or(name.is_preferred) over (partition by name.kind) as has_preferred
    from kept_name as name
    where
        name.name_key = name_key($text)
        and (
            name.kind <> 'checkpoint'
            or exists (
                select 1 from kept_checkpoint_name as named
                where named.name_key = name.name_key and named.checkpoint_id = name.target_id
            )
        )
    union all
    select distinct
        'engine' as kind,
        profile.engine as target_id,
        true as is_preferred,
        true as has_preferred
    from engine_profile as profile
    where name_key(profile.engine) = name_key($text)
)

select
    found.kind,
    found.target_id
from found
where found.is_preferred or not found.has_preferred
order by found.kind, found.target_id
