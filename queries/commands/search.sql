-- What names are like a text: exact first, then those that begin with it or contain it, then the most similar spellings.
--
-- Of names that begin with the text or contain it the shortest come first. Slices of a GPU come after whole ones, and
-- where a model's name is such a name, checkpoints after the models that are as like: each has many.

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
            when starts_with(name.name_key, asked.name_key) then 0.1 + length(name.name_key) / 10000
            when contains(name.name_key, asked.name_key) then 0.2 + length(name.name_key) / 10000
            else 1.3 - jaro_winkler_similarity(name.name_key, asked.name_key)
        end as distance
    from kept_name as name
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
),

placed as (
    select
        best.kind,
        best.target_id,
        best.found_as,
        best.distance + case
            when
                best.kind = 'checkpoint' and best.distance > 0
                and min(case when best.kind = 'model' then best.distance end) over () < 0.3
                then 0.2
            when best.distance > 0 and slice.accelerator_id is not null then 0.1
            else 0
        end as distance
    from best
    left join accelerator_partition as slice on best.kind = 'accelerator' and best.target_id = slice.accelerator_id
)

select
    placed.kind,
    placed.target_id as id,
    placed.found_as
from placed
where placed.distance < 0.48
order by placed.distance, placed.target_id
limit $most
