-- One row per accelerator that a name means (NULL: all): its memory as the engine counts it, and what the engine takes when told nothing.

create or replace macro device_choice(gpu_name, engine, memory_utilization, max_sequences, max_batched_tokens) as table
    with asked as (
        select
            mlsysdb.name_key(gpu_name::varchar) as gpu_key,
            memory_utilization::double as memory_utilization,
            max_sequences::bigint as max_sequences,
            max_batched_tokens::bigint as max_batched_tokens
    )

    select
        memory.accelerator_id,
        memory.visible_memory_bytes,
        memory.memory_tier_rank,
        memory.is_rocm,
        memory.is_hopper,
        memory.is_large_workspace,
        memory.is_hbm,
        memory.is_blackwell_hbm,
        memory.is_shared_memory,
        memory.is_alone,
        case profile.memory_basis when 'advertised' then false else memory.is_memory_estimated end as is_memory_estimated,
        case
            when profile.memory_basis = 'advertised' then memory.memory_bytes
            when profile.is_wsl2 then memory.visible_memory_bytes
            else memory.runtime_memory_bytes
        end as total_bytes,
        profile.engine_profile_id,
        profile.engine_asked,
        profile.is_flashinfer,
        profile.is_text_only,
        profile.engine,
        profile.kv_layout,
        coalesce(asked.memory_utilization, profile.default_utilization) as share,
        profile.is_graph_in_budget,
        profile.is_capacity_by_blocks,
        profile.is_embedding_on_host,
        coalesce(asked.max_sequences, seats.value) as max_sequences,
        coalesce(asked.max_batched_tokens, steps.value, 0) as max_batched_tokens,
        case profile.kv_layout when 'exact' then 0 else coalesce(asked.max_batched_tokens, steps.value, 0) end as cache_step_tokens
    from mlsysdb.engine_choice(engine) as profile
    cross join asked
    inner join mlsysdb.kept_accelerator_memory as memory on true
    inner join mlsysdb.kept_resolved_name as named
        on
            named.kind = 'accelerator'
            and memory.accelerator_id = named.target_id
            and named.name_key = coalesce(asked.gpu_key, named.id_key)
    left join mlsysdb.kept_engine_default_for as seats
        on
            profile.engine_profile_id = seats.engine_profile_id
            and memory.accelerator_id = seats.accelerator_id
            and seats.setting = 'max_sequences'
    left join mlsysdb.kept_engine_default_for as steps
        on
            profile.engine_profile_id = steps.engine_profile_id
            and memory.accelerator_id = steps.accelerator_id
            and steps.setting = 'max_batched_tokens';
