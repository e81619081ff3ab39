-- One row per model, way of using several devices and kind of layer: how the engine keeps its cache, on the fullest device.
--
-- step_bytes is what one more block of the kind costs over all its layers; block_bytes what one block costs over all kinds
-- that share a pool. In a hybrid model of a paged engine, layers stand in groups of equal size and pages (see group_layers);
-- compressed caches are packed, and their compressors' states are kinds of their own (see packed_cache; blocks of 256 and 64 tokens, of 4
-- and 8 for the states: vLLM, models/deepseek_v4/compressor.py).

create or replace macro cache_type(
    model_name, devices, tensor_parallel, pipeline_parallel, expert_parallel, kv_dtype, engine
) as table
    with asked as (
        select
            mlsysdb.name_key(model_name::varchar) as model_key,
            mlsysdb.name_key(kv_dtype::varchar) as kv_key
    ),

    wide as (
        select
            model.model_id,
            coalesce(profile.state_bits, least(own.bits, coalesce(profile.widest_auto_bits, own.bits))) as model_bits,
            kv.kv_dtype_id,
            kv.bits as kv_bits,
            profile.*
        from asked
        cross join mlsysdb.engine_choice(engine) as profile
        inner join mlsysdb.model on true
        inner join mlsysdb.kept_resolved_name as named
            on
                model.model_id = named.target_id
                and named.kind = 'model'
                and named.name_key = coalesce(asked.model_key, named.id_key)
        left join mlsysdb.kept_model_kv_width as own on model.model_id = own.model_id
        left join mlsysdb.kept_resolved_name as kv_name on kv_name.kind = 'kv_dtype' and asked.kv_key = kv_name.name_key
        left join mlsysdb.kv_dtype as kv on kv.kv_dtype_id = coalesce(
            kv_name.target_id,
            case when profile.widest_auto_bits < own.bits then 'bf16' else own.kv_dtype_id end
        )
    ),

    layered as (
        select
            wide.model_id,
            wide.kv_dtype_id,
            shape.devices,
            shape.tensor_parallel,
            shape.pipeline_parallel,
            shape.expert_parallel,
            wide.kv_layout,
            wide.group_ratio,
            wide.recurrent_blocks,
            case
                when layer.kind = 'chunked' and wide.is_chunked_as_full then 'full'
                when layer.kind = 'sliding' and wide.kv_layout = 'cells' then 'chunked'
                else layer.kind
            end as kind,
            case when layer.kind = 'chunked' and wide.is_chunked_as_full then null else layer.window_tokens end as window_tokens,
            case when layer.kind = 'mla' then wide.mla_block_tokens else wide.block_tokens end as block_tokens,
            mlsysdb.kv_token_bytes(
                layer.kind, layer.kv_heads, layer.key_dim, layer.value_dim, layer.latent_dim, layer.rope_dim,
                layer.index_dim, layer.compression_ratio, wide.kv_bits, wide.index_bits, shape.tensor_parallel
            ) as token_bytes,
            mlsysdb.state_bytes(
                layer.conv_state_values, layer.recurrent_state_values, coalesce(wide.state_bits::bigint, layer.recurrent_state_bits),
                wide.model_bits, shape.tensor_parallel
            ) as state_bytes,
            layer.compression_ratio,
            mlsysdb.stage_layers(layer.layers, shape.pipeline_parallel) as layers
        from wide
        inner join mlsysdb.device_shape(devices, tensor_parallel, pipeline_parallel, expert_parallel) as shape
            on wide.is_layer_split = shape.is_layer_split
        inner join mlsysdb.layer_group as layer on wide.model_id = layer.model_id
        where layer.kind not in ('shared', 'none')
    ),

    typed as (
        select
            layered.model_id,
            layered.kv_dtype_id,
            layered.devices,
            layered.tensor_parallel,
            layered.pipeline_parallel,
            layered.expert_parallel,
            layered.kv_layout,
            layered.group_ratio,
            layered.recurrent_blocks,
            layered.kind,
            layered.window_tokens,
            layered.block_tokens,
            layered.token_bytes,
            layered.state_bytes,
            layered.compression_ratio,
            sum(layered.layers)::bigint as layers
        from layered
        group by
            layered.model_id, layered.kv_dtype_id, layered.devices, layered.tensor_parallel, layered.pipeline_parallel,
            layered.expert_parallel, layered.kv_layout, layered.group_ratio, layered.recurrent_blocks, layered.kind,
            layered.window_tokens, layered.block_tokens, layered.token_bytes, layered.state_bytes, layered.compression_ratio
    ),

    alike as (
        select
            typed.model_id,
            typed.devices,
            max(typed.token_bytes) as token_bytes,
            max(case typed.kv_layout when 'paged' then typed.state_bytes else 0 end) as state_bytes,
            min(typed.kind || coalesce(typed.window_tokens, 0)) <> max(typed.kind || coalesce(typed.window_tokens, 0)) as is_mixed,
            min(typed.layers) as fewest_layers,
            max(typed.layers) as most_layers
        from typed
        group by typed.model_id, typed.devices
    ),

    aligned as (
        select
            typed.*,
            typed.kv_layout = 'paged' and alike.is_mixed as is_hybrid,
            mlsysdb.aligned_block_tokens(typed.block_tokens, alike.token_bytes, alike.state_bytes) as aligned_tokens,
            mlsysdb.group_layers(alike.fewest_layers, alike.most_layers, typed.group_ratio) as group_layers
        from typed
        inner join alike on typed.model_id = alike.model_id and typed.devices = alike.devices
    ),

    paged as (
        select
            aligned.*,
            case aligned.kind when 'recurrent' then aligned.state_bytes else aligned.token_bytes * aligned.aligned_tokens end
                as own_page_bytes
        from aligned
    ),

    unified as (
        select
            paged.model_id,
            paged.devices,
            max(paged.own_page_bytes) as page_bytes,
            sum(paged.own_page_bytes * paged.layers) as all_bytes
        from paged
        group by paged.model_id, paged.devices
    ),

    grouped as (
        select
            paged.*,
            unified.page_bytes,
            unified.all_bytes,
            case when paged.is_hybrid then ceil(paged.layers / paged.group_layers)::bigint else 1 end as groups
        from paged
        inner join unified on paged.model_id = unified.model_id and paged.devices = unified.devices
    ),

    separate as (
        select
            grouped.model_id,
            grouped.kv_dtype_id,
            grouped.devices,
            grouped.tensor_parallel,
            grouped.pipeline_parallel,
            grouped.expert_parallel,
            grouped.kind,
            grouped.compression_ratio,
            grouped.window_tokens,
            grouped.recurrent_blocks,
            grouped.layers,
            grouped.groups,
            grouped.token_bytes * grouped.layers as token_bytes,
            grouped.state_bytes * grouped.layers as state_bytes,
            case
                when grouped.kind <> 'recurrent' and grouped.is_hybrid and grouped.page_bytes % grouped.own_page_bytes = 0
                    then (grouped.aligned_tokens * grouped.page_bytes / grouped.own_page_bytes)::bigint
                else grouped.aligned_tokens
            end as block_tokens,
            case
                when grouped.is_hybrid then grouped.groups * grouped.group_layers * grouped.page_bytes
                else grouped.own_page_bytes * grouped.layers
            end as step_bytes,
            case
                when grouped.kv_layout <> 'paged' then 0
                when grouped.is_hybrid then grouped.group_layers * grouped.page_bytes
                else grouped.all_bytes
            end as block_bytes
        from grouped
    ),

    entry as (
        select
            packed.*,
            wide.index_bits,
            mlsysdb.kv_token_bytes(
                'mla', null, null, null, packed.latent_dim, packed.rope_dim, null, 1, wide.kv_bits, 0, 1
            ) as entry_bytes,
            case when wide.kv_bits = 8 then 576 else 512 end as alignment_bytes
        from wide
        inner join mlsysdb.kept_packed_cache as packed on wide.model_id = packed.model_id
        where wide.kv_layout = 'paged'
    ),

    packing as (
        select
            entry.model_id,
            entry.window_groups,
            entry.coarse_groups,
            entry.main_slots * mlsysdb.page_bytes(64, entry.entry_bytes, entry.alignment_bytes)
            + entry.fine_layers * mlsysdb.page_bytes(64, entry.index_dim * entry.index_bits / 8, entry.alignment_bytes)
            + entry.coarse_layers * mlsysdb.page_bytes(2, entry.entry_bytes, entry.alignment_bytes) as block_bytes
        from entry
    )

    select
        separate.model_id,
        separate.kv_dtype_id,
        separate.devices,
        separate.tensor_parallel,
        separate.pipeline_parallel,
        separate.expert_parallel,
        separate.kind,
        separate.window_tokens,
        separate.recurrent_blocks,
        separate.layers,
        separate.groups,
        separate.token_bytes,
        separate.state_bytes,
        case
            when packing.model_id is null then separate.block_tokens
            when separate.kind = 'sliding' then 64
            else 256
        end as block_tokens,
        case
            when packing.model_id is null then separate.step_bytes
            when separate.kind = 'sliding' then packing.window_groups * packing.block_bytes
            when separate.compression_ratio = 4 then packing.block_bytes
            else 0
        end as step_bytes,
        coalesce(packing.block_bytes, separate.block_bytes) as block_bytes
    from separate
    left join packing on separate.model_id = packing.model_id
    union all
    select
        separate.model_id,
        separate.kv_dtype_id,
        separate.devices,
        separate.tensor_parallel,
        separate.pipeline_parallel,
        separate.expert_parallel,
        'sliding' as kind,
        state.window_tokens,
        separate.recurrent_blocks,
        0 as layers,
        0 as groups,
        0 as token_bytes,
        0 as state_bytes,
        state.block_tokens,
        case state.compression_ratio when 4 then 1 else packing.coarse_groups end * packing.block_bytes as step_bytes,
        packing.block_bytes
    from separate
    inner join packing on separate.model_id = packing.model_id
    inner join (values (4, 4, 8), (128, 8, 128)) as state (compression_ratio, block_tokens, window_tokens)
        on separate.compression_ratio = state.compression_ratio;
