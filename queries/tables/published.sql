-- One row: the checkpoint that a name means, and by what its recipe's figures are multiplied so that they add up to its size.
--
-- No row when the name means no checkpoint; size_ratio is NULL when the size is not known.

create or replace macro published(model_name) as table
    select
        named.checkpoint_id,
        named.model_id,
        named.weight_format_id,
        named.size_ratio
    from mlsysdb.kept_checkpoint_name as named
    where named.name_key = mlsysdb.name_key(model_name::varchar);
