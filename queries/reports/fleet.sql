-- What fits my fleet?
--
-- One row per machine of a CSV file: how many models it holds, and the largest of them.
--
-- inventory (file, 'nodes.csv'): CSV with commas, a header line and the columns node, gpu and gpus, in that order.
-- context_tokens (bigint, 8192): tokens of one sequence.

with node as (
    select
        listed.node,
        listed.gpu,
        listed.gpus
    from
        read_csv(
            coalesce(getvariable('inventory'), 'nodes.csv'),
            columns = { 'node': 'varchar', 'gpu': 'varchar', 'gpus': 'bigint' }, header = true, auto_detect = false
        ) as listed
)

select
    node.node,
    node.gpu,
    node.gpus,
    count(*) as models,
    arg_max(fitting.model, size.resident_param_count) as largest_model,
    max(size.resident_param_count) as largest_param_count
from node,
    mlsysdb.fits(
        node.gpu,
        devices := node.gpus,
        context_tokens := coalesce(getvariable('context_tokens')::bigint, 8192)
    ) as fitting
inner join mlsysdb.model_size as size on fitting.model = size.model_id
where fitting.fits
group by node.node, node.gpu, node.gpus
order by node.node asc, node.gpu asc
