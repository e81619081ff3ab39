-- One row per model, accelerator, way of using several devices and weight format: every term of the memory sum, and a verdict.
--
-- NULL for a name means all. weight_format may be a format's name, 'native' (the model's own), 'auto' (its own and the usual
-- narrower ones that the engine loads) or 'any' (all that the engine loads). devices NULL means the powers of two of
-- device_count. The name of a checkpoint means its model in its format, weighing what was published. free_memory_bytes is
-- what is free on each device; NULL: all of it. total_memory_bytes is what PyTorch prints as a device's total; NULL: the
-- catalog's. cache_types lists the kinds of layers that keep a cache (see `cache_type`). `fits` and `fits_model` choose among
-- these rows.

create or replace macro plan(
    gpu_name, model_name, devices, tensor_parallel, pipeline_parallel, expert_parallel, context_tokens, sequences,
    weight_format, kv_dtype, engine, memory_utilization, max_sequences, max_batched_tokens, enforce_eager, beyond_context,
    free_memory_bytes := null, total_memory_bytes := null
) as table
    with load as (
        select
            mlsysdb.name_key(model_name::varchar) as model_key,
            context_tokens::bigint as asked_tokens,
            coalesce(context_tokens::bigint, workload.context_tokens) as usual_tokens,
            coalesce(sequences::bigint, workload.sequences) as sequences,
            mlsysdb.name_key(weight_format::varchar) as format_key,
            memory_utilization::double as memory_utilization,
            enforce_eager::boolean as is_eager,
            beyond_context::boolean as is_beyond_allowed
        from mlsysdb.workload
        where workload.workload_id = 'default'
    ),

    profile as (
        select choice.*
        from mlsysdb.engine_choice(engine) as choice
    ),

    device as (
        select choice.* replace (coalesce(total_memory_bytes::double, choice.total_bytes) as total_bytes)
        from mlsysdb.device_choice(gpu_name, engine, memory_utilization, max_sequences, max_batched_tokens) as choice
    ),

    subject as (
        select
            model.model_id,
            model.context_tokens as own_tokens,
            native.weight_format_id as native_weight_format_id,
            model.kv_heads,
            model.vocab_size,
            model.layers,
            model.is_tied,
            mlsysdb.tier_rank(model.tier) as model_tier_rank,
            load.sequences,
            coalesce(
                mlsysdb.name_key(case when load.format_key in ('auto', 'native') then published.weight_format_id end),
                load.format_key
            ) as format_key,
            published.weight_format_id as published_format_id,
            published.size_ratio,
            coalesce(load.asked_tokens, least(load.usual_tokens, model.context_tokens), load.usual_tokens) as wanted_tokens,
            coalesce(load.asked_tokens > model.context_tokens and not load.is_beyond_allowed, false) as is_beyond_context,
            native.bits as native_bits,
            trait.keeps_nothing
        from load
        cross join profile
        inner join mlsysdb.model on true
        inner join mlsysdb.kept_resolved_name as named
            on
                named.kind = 'model'
                and model.model_id = named.target_id
                and named.name_key = coalesce(load.model_key, named.id_key)
        left join mlsysdb.published(model_name) as published on true
        left join mlsysdb.kept_model_cache as trait on model.model_id = trait.model_id
        left join mlsysdb.weight_format as own on model.native_weight_format_id = own.weight_format_id
        left join mlsysdb.weight_format_engine as loads
            on own.weight_format_id = loads.weight_format_id and profile.engine = loads.engine
        left join mlsysdb.weight_format as native on native.weight_format_id = case
            when own.weight_format_id = 'mxfp4' and profile.engine = 'llama.cpp' then 'mxfp4_moe'
            when loads.weight_format_id is null or profile.widest_auto_bits < own.bits then profile.plain_weight_format_id
            else own.weight_format_id
        end
    ),

    shape as (
        select way.*
        from mlsysdb.device_shape(devices, tensor_parallel, pipeline_parallel, expert_parallel) as way
        inner join profile on way.is_layer_split = profile.is_layer_split
    ),

    candidate as (
        select
            subject.*,
            format.weight_format_id,
            format.bits as format_bits,
            mlsysdb.tier_rank(format.tier) as format_tier_rank
        from subject
        cross join profile
        inner join mlsysdb.weight_format_engine as loads on profile.engine = loads.engine
        inner join mlsysdb.weight_format as format on loads.weight_format_id = format.weight_format_id
        left join mlsysdb.kept_resolved_name as named
            on named.kind = 'weight_format' and subject.format_key = named.name_key
        where
            format.weight_format_id = named.target_id
            or subject.format_key = 'any'
            or (subject.format_key = 'native' and format.weight_format_id = subject.native_weight_format_id)
            or (
                subject.format_key = 'auto'
                and (
                    format.weight_format_id = subject.native_weight_format_id
                    or (format.is_auto and format.bits < 0.9 * subject.native_bits)
                )
            )
    ),

    held as (
        select
            candidate.model_id,
            candidate.weight_format_id,
            shape.tensor_parallel,
            shape.expert_parallel,
            part.role,
            sum(
                part.weights_bytes * mlsysdb.shard_fraction(
                    part.shard_kind, shape.tensor_parallel, shape.expert_parallel, candidate.kv_heads, candidate.vocab_size
                )
            ) as held_bytes,
            mlsysdb.unsplit_bytes(
                sum(
                    part.element_bytes * mlsysdb.shard_fraction(
                        part.shard_kind, shape.tensor_parallel, shape.expert_parallel, candidate.kv_heads, candidate.vocab_size
                    )
                ) / max(part.matrices)
            ) * max(part.matrices) as unsplit_bytes
        from candidate
        inner join shape on greatest(shape.tensor_parallel, shape.expert_parallel) > 1
        inner join mlsysdb.kept_model_weight as part
            on candidate.model_id = part.model_id and candidate.weight_format_id = part.weight_format_id
        group by
            candidate.model_id, candidate.weight_format_id, shape.tensor_parallel, shape.expert_parallel,
            part.role, part.matrix, part.in_features, part.layers
    ),

    weighed as (
        select
            whole.*,
            1 as tensor_parallel,
            1 as expert_parallel
        from mlsysdb.kept_whole_weight as whole
        where whole.weight_format_id in (select candidate.weight_format_id from candidate)
        union all by name
        select
            held.model_id,
            held.weight_format_id,
            held.tensor_parallel,
            held.expert_parallel,
            unnest(mlsysdb.role_totals(held.role, held.held_bytes, held.unsplit_bytes))
        from held
        group by held.model_id, held.weight_format_id, held.tensor_parallel, held.expert_parallel
    ),

    cached as (
        select
            type.model_id,
            type.devices,
            type.kv_dtype_id,
            device.cache_step_tokens,
            case when count(type.token_bytes) = count(*) then sum(type.token_bytes) end as token_bytes,
            case
                when count(type.token_bytes) = count(*)
                    then sum(
                        type.token_bytes * mlsysdb.cached_tokens(subject.wanted_tokens, type.window_tokens) + type.state_bytes
                    )
            end as sequence_bytes,
            case
                when count(type.step_bytes) = count(*)
                    then sum(
                        type.step_bytes * mlsysdb.sequence_blocks(
                            type.kind, subject.wanted_tokens, type.window_tokens, device.cache_step_tokens,
                            type.block_tokens, type.recurrent_blocks
                        )
                    )
            end as reserved_bytes,
            max(type.block_bytes) as block_bytes,
            min(type.block_tokens) filter (where type.kind <> 'recurrent') as block_tokens,
            sum(type.groups)::bigint as groups,
            list({
                'kind': type.kind,
                'window_tokens': type.window_tokens,
                'recurrent_blocks': type.recurrent_blocks,
                'block_tokens': type.block_tokens,
                'step_bytes': type.step_bytes
            }) as cache_types
        from
            mlsysdb.cache_type(
                model_name, devices, tensor_parallel, pipeline_parallel, expert_parallel, kv_dtype, engine
            ) as type
        inner join subject on type.model_id = subject.model_id
        cross join (select distinct device.cache_step_tokens from device) as device
        group by type.model_id, type.devices, type.kv_dtype_id, device.cache_step_tokens
    ),

    sized as materialized (
        select
            row_number() over () as sized_id,
            candidate.*,
            device.*,
            shape.devices,
            shape.tensor_parallel,
            shape.pipeline_parallel,
            shape.expert_parallel,
            mlsysdb.stage_layers(candidate.layers, shape.pipeline_parallel) as stage_layers,
            stage_layers / candidate.layers as stage_share,
            mlsysdb.stage_weights_bytes(
                stage_share * (
                    weighed.layers_bytes + case when device.is_text_only then 0 else coalesce(weighed.towers_bytes, 0) end
                ),
                weighed.embedding_bytes, weighed.lm_head_bytes, shape.pipeline_parallel, candidate.is_tied,
                device.is_embedding_on_host
            ) * case
                when candidate.weight_format_id = candidate.published_format_id then coalesce(candidate.size_ratio, 1) else 1
            end as tensor_bytes,
            stage_share * (
                weighed.layers_unsplit_bytes
                + case when device.is_text_only then 0 else coalesce(weighed.towers_unsplit_bytes, 0) end
            ) + coalesce(weighed.vocab_unsplit_bytes, 0) as unsplit_bytes,
            cached.kv_dtype_id,
            case when candidate.keeps_nothing then 0 else cached.token_bytes end as token_bytes,
            case when candidate.keeps_nothing then 0 else cached.sequence_bytes end as sequence_bytes,
            case when candidate.keeps_nothing then 0 else cached.reserved_bytes end as reserved_bytes,
            case when candidate.keeps_nothing then 0 else cached.block_bytes end as block_bytes,
            cached.block_tokens,
            cached.groups,
            cached.cache_types,
            device.is_blackwell_hbm
            or (starts_with(cached.kv_dtype_id, 'fp8') and not device.is_hopper and not device.is_rocm) as is_flashinfer_attention,
            mlsysdb.encoder_items(device.max_batched_tokens, tower.item_tokens) as items,
            trait.has_encoder and tower.model_id is null and not device.is_text_only as has_encoder,
            coalesce(
                mlsysdb.encoder_peak_bytes(
                    tower.item_patches * items, tower.patch_values, tower.whole_values, tower.split_values, tower.gathered_values,
                    shape.tensor_parallel
                ),
                0
            ) as encoder_peak_bytes,
            coalesce(
                mlsysdb.encoder_kept_bytes(
                    tower.item_patches * items, tower.item_tokens * items, tower.patch_values, tower.output_values, tower.table_bytes
                ),
                0
            ) as encoder_kept_bytes
        from candidate
        cross join device
        inner join shape on shape.devices = 1 or not device.is_alone
        left join mlsysdb.kept_model_trait as trait on candidate.model_id = trait.model_id
        left join mlsysdb.kept_model_encoder as tower on candidate.model_id = tower.model_id and not device.is_text_only
        left join weighed
            on
                candidate.model_id = weighed.model_id
                and candidate.weight_format_id = weighed.weight_format_id
                and shape.tensor_parallel = weighed.tensor_parallel
                and shape.expert_parallel = weighed.expert_parallel
        left join cached
            on
                candidate.model_id = cached.model_id
                and shape.devices = cached.devices
                and device.cache_step_tokens = cached.cache_step_tokens
    ),

    branch as (
        select
            sized.sized_id,
            term.term,
            term.branch,
            sum(
                term.coefficient * mlsysdb.engine_driver(
                    term.driver, sized.max_sequences, sized.max_batched_tokens, mlsysdb.captured_graphs(sized.max_sequences),
                    trait.vocab_size, trait.hidden_size, trait.intermediate_size, trait.experts_per_token, trait.expert_width,
                    trait.expert_params, trait.absorbed_params, trait.rope_values, sized.unsplit_bytes, sized.has_encoder,
                    sized.stage_layers, sized.tensor_parallel, sized.devices, sized.total_bytes, sized.weight_format_id,
                    sized.is_rocm, sized.is_shared_memory, sized.is_large_workspace, sized.is_hbm,
                    sized.is_flashinfer, sized.is_flashinfer_attention, sized.encoder_peak_bytes, sized.encoder_kept_bytes
                )
            ) as term_bytes
        from sized
        inner join mlsysdb.kept_model_trait as trait on sized.model_id = trait.model_id
        inner join mlsysdb.engine_term as term on sized.engine_profile_id = term.engine_profile_id
        group by sized.sized_id, term.term, term.branch
    ),

    termed as (
        select
            branch.sized_id,
            max(branch.term_bytes) filter (where branch.term = 'weights') as beside_bytes,
            max(branch.term_bytes) filter (where branch.term = 'reserve') as reserve_bytes,
            max(branch.term_bytes) filter (where branch.term = 'activation') as activation_bytes,
            max(branch.term_bytes) filter (where branch.term = 'cuda_graph') as cuda_graph_bytes,
            max(branch.term_bytes) filter (where branch.term = 'runtime') as runtime_bytes
        from branch
        group by branch.sized_id
    ),

    added as (
        select
            sized.*,
            sized.tensor_bytes + coalesce(termed.beside_bytes, 0) as weights_bytes,
            case when load.memory_utilization is null then coalesce(termed.reserve_bytes, 0) else 0 end as reserve_bytes,
            sized.sequences * sized.sequence_bytes as kv_cache_bytes,
            sized.sequences * sized.reserved_bytes as kv_reserved_bytes,
            coalesce(termed.activation_bytes, 0) as activation_bytes,
            case when load.is_eager then 0 else coalesce(termed.cuda_graph_bytes, 0) end as cuda_graph_bytes,
            coalesce(termed.runtime_bytes, 0) as runtime_bytes
        from sized
        cross join load
        left join termed on sized.sized_id = termed.sized_id
    ),

    summed as (
        select
            added.*,
            added.weights_bytes + added.activation_bytes + added.cuda_graph_bytes + added.runtime_bytes as fixed_bytes,
            mlsysdb.free_usable_bytes(
                mlsysdb.usable_bytes(
                    added.total_bytes - added.reserve_bytes, added.share, added.cuda_graph_bytes, added.is_graph_in_budget
                ),
                free_memory_bytes
            ) as usable_memory_bytes
        from added
    ),

    pooled as (
        select
            summed.*,
            summed.fixed_bytes + summed.kv_reserved_bytes as required_bytes,
            mlsysdb.whole_blocks_bytes(summed.usable_memory_bytes - summed.fixed_bytes, 0) as kv_pool_bytes,
            mlsysdb.whole_blocks_bytes(summed.usable_memory_bytes - summed.fixed_bytes, summed.block_bytes) as block_pool_bytes
        from summed
    )

    select
        pooled.model_id as model,
        pooled.accelerator_id as accelerator,
        pooled.devices,
        pooled.tensor_parallel,
        pooled.pipeline_parallel,
        pooled.expert_parallel,
        pooled.engine_asked as engine,
        pooled.weight_format_id as weight_format,
        pooled.kv_dtype_id as kv_dtype,
        pooled.wanted_tokens as context_tokens,
        pooled.sequences,
        pooled.weights_bytes,
        pooled.kv_cache_bytes,
        pooled.kv_reserved_bytes,
        pooled.activation_bytes,
        pooled.cuda_graph_bytes,
        pooled.runtime_bytes,
        pooled.required_bytes,
        pooled.visible_memory_bytes,
        pooled.usable_memory_bytes,
        pooled.usable_memory_bytes - pooled.required_bytes as headroom_bytes,
        pooled.required_bytes / pooled.usable_memory_bytes as memory_utilization,
        mlsysdb.is_fitting(pooled.required_bytes, pooled.usable_memory_bytes, pooled.is_beyond_context) as fits,
        mlsysdb.limiting_term(
            pooled.weights_bytes, pooled.kv_reserved_bytes, pooled.activation_bytes, pooled.cuda_graph_bytes,
            pooled.runtime_bytes, pooled.is_beyond_context
        ) as limiting_term,
        pooled.token_bytes as kv_bytes_per_token,
        pooled.kv_pool_bytes,
        mlsysdb.capacity_tokens(
            pooled.block_pool_bytes, pooled.reserved_bytes, pooled.wanted_tokens, pooled.block_bytes, pooled.block_tokens, pooled.groups,
            pooled.is_capacity_by_blocks
        ) as kv_capacity_tokens,
        pooled.block_pool_bytes,
        pooled.own_tokens,
        case
            when pooled.reserved_bytes > 0
                then floor(pooled.block_pool_bytes / pooled.reserved_bytes)::bigint
        end as max_sequences,
        mlsysdb.tier_name(
            greatest(pooled.model_tier_rank, pooled.format_tier_rank, pooled.memory_tier_rank)
        ) as evidence_tier,
        pooled.format_bits,
        pooled.unsplit_bytes,
        pooled.total_bytes,
        pooled.is_rocm,
        pooled.is_shared_memory,
        pooled.is_large_workspace,
        pooled.is_hbm,
        pooled.is_flashinfer,
        pooled.is_flashinfer_attention,
        pooled.is_text_only,
        pooled.has_encoder,
        pooled.encoder_peak_bytes,
        pooled.encoder_kept_bytes,
        pooled.engine_profile_id,
        pooled.max_sequences as engine_max_sequences,
        pooled.max_batched_tokens,
        pooled.cache_step_tokens,
        pooled.cache_types,
        pooled.is_memory_estimated,
        pooled.is_beyond_context
    from pooled;
