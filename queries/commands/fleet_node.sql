-- Which of my machines hold what? One row per machine and model.
--
-- Neither sorted nor with parameters: a large fleet has more of these rows than memory holds, and they are to be streamed.

select
    machine.node,
    choice.model,
    choice.accelerator,
    choice.devices,
    choice.tensor_parallel,
    choice.pipeline_parallel,
    choice.engine,
    choice.weight_format,
    choice.kv_dtype,
    choice.context_tokens,
    choice.sequences,
    choice.weights_bytes,
    choice.kv_cache_bytes,
    choice.kv_reserved_bytes,
    choice.activation_bytes,
    choice.cuda_graph_bytes,
    choice.runtime_bytes,
    choice.required_bytes,
    choice.visible_memory_bytes,
    choice.usable_memory_bytes,
    choice.headroom_bytes,
    choice.memory_utilization,
    choice.fits,
    choice.limiting_term,
    choice.kv_bytes_per_token,
    choice.kv_pool_bytes,
    choice.kv_capacity_tokens,
    choice.max_context_tokens,
    choice.max_sequences,
    choice.evidence_tier,
    choice.is_memory_estimated,
    choice.is_beyond_context,
    choice.free_bytes as free_memory_bytes,
    machine.devices as node_devices,
    machine.nodes,
    choice.replicas,
    choice.stranded_devices,
    choice.stranded_bytes,
    machine.price,
    machine.price / nullif(choice.replicas, 0) as price_per_replica,
    machine.row_number as inventory_row
from fleet_machine as machine
inner join fleet_kind as kind on machine.accelerator = kind.accelerator and machine.make_up = kind.make_up
inner join fleet_choice as choice on kind.kind_id = choice.kind_id
