-- One row per published checkpoint with a known size: what the recipe gives for it, and the difference.

create or replace view checkpoint_error as
select
    checkpoint.checkpoint_id,
    checkpoint.model_id,
    checkpoint.weight_format_id,
    checkpoint.is_own_mix,
    checkpoint.total_bytes,
    recipe.recipe_bytes,
    recipe.recipe_bytes / checkpoint.total_bytes - 1 as relative_error
from checkpoint
inner join checkpoint_recipe as recipe
    on checkpoint.model_id = recipe.model_id and checkpoint.weight_format_id = recipe.weight_format_id
where checkpoint.total_bytes is not null
