-- A published checkpoint is as large as its format's recipe makes it, within 3 %.
--
-- Mend: correct weight_format_id or total_bytes in checkpoint.csv (GB or GiB? another recipe?),
-- say is_own_mix where the maker mixes types in a way of its own, or mend the rule in weight_format_rule.csv.

select
    checkpoint_error.checkpoint_id,
    checkpoint_error.weight_format_id,
    checkpoint_error.total_bytes,
    checkpoint_error.recipe_bytes
from checkpoint_error
where abs(checkpoint_error.relative_error) > 0.03 and not checkpoint_error.is_own_mix
