-- One row: the checkpoint that a name means, and by what its recipe's figures are multiplied so that they add up to its size.
--
-- No row when the name means no checkpoint; size_ratio is NULL when the size is not known. Multiplying shares the real size out
-- over roles and devices as the recipe does.

create or replace macro published(model_name) as table
    select
        named.checkpoint_id,
        named.model_id,
        named.weight_format_id,
        max(named.total_bytes)
        / sum(
            case
                when mlsysdb.is_in_checkpoint(format.weight_format_id, format.family, part.role) then part.weights_bytes else 0
            end
        ) as size_ratio
    from mlsysdb.kept_checkpoint_name as named
    inner join mlsysdb.weight_format as format on named.weight_format_id = format.weight_format_id
    left join mlsysdb.kept_model_weight as part
        on named.model_id = part.model_id and named.weight_format_id = part.weight_format_id
    where named.name_key = mlsysdb.name_key(model_name::varchar)
    group by named.checkpoint_id, named.model_id, named.weight_format_id;
