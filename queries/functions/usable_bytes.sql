-- Memory an engine may use: its share of the device's total; CUDA graphs come on top where they lie outside the share.

create or replace macro usable_bytes(
    total_bytes double, memory_utilization double, cuda_graph_bytes double, is_graph_in_budget boolean
) as
case
    when is_graph_in_budget or total_bytes * (1 - memory_utilization) >= cuda_graph_bytes
        then total_bytes * memory_utilization + case when is_graph_in_budget then 0 else cuda_graph_bytes end
    when cuda_graph_bytes is not null then total_bytes
end;

-- tests

select usable_bytes(100, 0.9, 5, true) = 90 as graphs_inside_the_share;
select usable_bytes(100, 0.9, 5, false) = 95 as graphs_outside_the_share;
select usable_bytes(100, 0.98, 5, false) = 100 as never_more_than_there_is;
select usable_bytes(null, 0.98, 5, true) is null as unknown_stays_unknown;
select usable_bytes(100, 0.9, null, false) is null as unknown_graphs_too;
