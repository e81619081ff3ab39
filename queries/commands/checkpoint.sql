-- Which checkpoint does a name mean: of which model, stored how, and of what published size?
--
-- A name that is no checkpoint's may still say both: a model's name and then a format's, as in MODEL-FP8, MODEL-GGUF:Q4_K_M or
-- MODEL-Q4_K_M.gguf. Then checkpoint_id is NULL and the size unknown.

with asked as (
    select
        name_key($text) as name_key,
        name_key(
            regexp_replace(regexp_replace($text, '^[^/]+/', ''), '[-_.]gguf:|[-_.]gguf$', '-', 'i')
        ) as described_key
),

published as (
    select
        named.checkpoint_id,
        named.model_id,
        named.weight_format_id,
        named.as_printed,
        0 as distance
    from asked
    inner join kept_checkpoint_name as named on asked.name_key = named.name_key
    union all
    select
        null, model.target_id, format.target_id, null, 100 - length(format.name_key)
    from asked
    inner join kept_resolved_name as format on format.kind = 'weight_format' and ends_with(asked.described_key, format.name_key)
    inner join kept_resolved_name as model
        on
            model.kind = 'model'
            and model.name_key = left(asked.described_key, length(asked.described_key) - length(format.name_key))
    where
        asked.name_key not in (
            select name.name_key from kept_name as name
            where name.kind = 'model'
        )
),

nearest as (
    select
        published.*,
        row_number() over (order by published.distance, published.weight_format_id) as choice
    from published
)

select
    nearest.checkpoint_id,
    nearest.model_id,
    nearest.weight_format_id,
    nearest.as_printed,
    string_agg(loads.engine, ' or ' order by loads.engine) filter (where loads.engine <> 'ideal') as engines,
    coalesce(bool_or(loads.engine = split_part($engine, '==', 1)), false) as is_loaded
from nearest
left join weight_format_engine as loads on nearest.weight_format_id = loads.weight_format_id
where nearest.choice = 1
group by nearest.checkpoint_id, nearest.model_id, nearest.weight_format_id, nearest.as_printed
