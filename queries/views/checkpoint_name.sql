-- One row per name of a checkpoint that no model bears: naming it means that model, stored like that, at its published size.
--
-- The id of a maker's own repository names the model, in whatever format: it is none of these. The name of a GGUF file means
-- the checkpoint with the first id of those that hold a file of that name, as long as all are one model in one format.
-- size_ratio is by what its recipe's figures are multiplied so that they add up to its size: the real size is shared out over
-- roles and devices as the recipe does. NULL when the size is not known.

create or replace view checkpoint_name as
with ranked as (
    select
        name.name_key,
        checkpoint.checkpoint_id,
        checkpoint.model_id,
        checkpoint.weight_format_id,
        checkpoint.as_printed,
        checkpoint.total_bytes,
        row_number() over (
            partition by name.name_key order by case when checkpoint.total_bytes is null then 1 else 0 end, checkpoint.checkpoint_id
        ) as choice,
        min(checkpoint.model_id || ' ' || checkpoint.weight_format_id) over (partition by name.name_key)
        = max(checkpoint.model_id || ' ' || checkpoint.weight_format_id) over (partition by name.name_key) as is_one_thing
    from kept_name as name
    inner join checkpoint on name.target_id = checkpoint.checkpoint_id
    where
        name.kind = 'checkpoint'
        and name.name_key not in (
            select other.name_key from kept_name as other
            where other.kind = 'model'
        )
)

select
    ranked.name_key,
    ranked.checkpoint_id,
    ranked.model_id,
    ranked.weight_format_id,
    ranked.as_printed,
    ranked.total_bytes,
    ranked.total_bytes / recipe.recipe_bytes as size_ratio
from ranked
left join checkpoint_recipe as recipe
    on ranked.model_id = recipe.model_id and ranked.weight_format_id = recipe.weight_format_id
where ranked.choice = 1 and ranked.is_one_thing
