-- One row per published checkpoint with a known size: what the recipe gives for it, and the difference.

create or replace view checkpoint_error as
with recipe as (
    select
        weight.model_id,
        weight.weight_format_id,
        sum(
            case when is_in_checkpoint(format.weight_format_id, format.family, weight.role) then weight.weights_bytes else 0 end
        ) as recipe_bytes
    from model_weight as weight
    inner join weight_format as format on weight.weight_format_id = format.weight_format_id
    group by weight.model_id, weight.weight_format_id
)

select
    checkpoint.checkpoint_id,
    checkpoint.model_id,
    checkpoint.weight_format_id,
    checkpoint.is_own_mix,
    checkpoint.total_bytes,
    recipe.recipe_bytes,
    recipe.recipe_bytes / checkpoint.total_bytes - 1 as relative_error
from checkpoint
inner join recipe
    on checkpoint.model_id = recipe.model_id and checkpoint.weight_format_id = recipe.weight_format_id
where checkpoint.total_bytes is not null
