-- What names are like a text: exact first, then those that begin with it or contain it, then the most similar spellings.

with asked as (
    select name_key($text) as name_key
),

scored as (
    select
        name.kind,
        name.target_id,
        name.name,
        case
            when name.name_key = asked.name_key then 0
            when starts_with(name.name_key, asked.name_key) then 0.1
            when contains(name.name_key, asked.name_key) then 0.2
            else 1.3 - jaro_winkler_similarity(name.name_key, asked.name_key)
        end as distance
    from name
    cross join asked
    where $kind is null or name.kind = $kind or ($kind = 'accelerator' and name.kind = 'system')
),

best as (
    select
        scored.kind,
        scored.target_id,
        min(scored.distance) as distance,
        arg_min(scored.name, scored.distance) as found_as
    from scored
    group by scored.kind, scored.target_id
)

select
    best.kind,
    best.target_id as id,
    best.found_as
from best
where best.distance < 0.48
order by best.distance, best.target_id
limit $most
