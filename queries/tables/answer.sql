-- One row per model and accelerator: the widest weight format that fits, on the fewest devices, with its frontiers.
--
-- Where nothing fits, the row nearest to it (the narrowest format, the most devices). The longest context has a closed form:
-- what a sequence reserves is, up to rounding, a concave piecewise-linear function of the context, so it is the largest
-- solution over its pieces; the few multiples of a block just below are tried for the rounding.

create or replace macro answer(
    gpu_name, model_name, devices, tensor_parallel, pipeline_parallel, expert_parallel, context_tokens, sequences,
    weight_format, kv_dtype, engine, memory_utilization, max_sequences, max_batched_tokens, enforce_eager, beyond_context,
    free_memory_bytes := null
) as table
    with best as (
        select
            arg_min(
                plan,
                {
                    'misses': case when plan.fits then 0 else 1 end,
                    'bits': case when plan.fits then -plan.format_bits else plan.format_bits end,
                    'devices': case when plan.fits then plan.devices else -plan.devices end,
                    'weight_format': plan.weight_format
                }
            ) as plan
        from
            mlsysdb.plan(
                gpu_name, model_name, devices, tensor_parallel, pipeline_parallel, expert_parallel, context_tokens, sequences,
                weight_format, kv_dtype, engine, memory_utilization, max_sequences, max_batched_tokens, enforce_eager, beyond_context,
                free_memory_bytes := free_memory_bytes
            ) as plan
        group by plan.model, plan.accelerator
    ),

    chosen as (
        select
            unnest(best.plan),
            best.plan.block_pool_bytes / best.plan.sequences as budget_bytes
        from best
    ),

    cached as (
        select
            chosen.model,
            chosen.accelerator,
            chosen.budget_bytes,
            chosen.own_tokens,
            chosen.cache_step_tokens,
            chosen.type.kind,
            chosen.type.window_tokens,
            chosen.type.recurrent_blocks,
            chosen.type.block_tokens,
            chosen.type.step_bytes,
            mlsysdb.window_cap_tokens(chosen.type.kind, chosen.type.window_tokens, chosen.cache_step_tokens) as cap_tokens,
            mlsysdb.constant_blocks(chosen.type.kind, chosen.cache_step_tokens, chosen.type.recurrent_blocks) as constant_blocks
        from (select chosen.*, unnest(chosen.cache_types) as type from chosen) as chosen
    ),

    piece as (
        select
            start.model,
            start.accelerator,
            start.from_tokens,
            max(cached.budget_bytes) as budget_bytes,
            max(cached.own_tokens) as own_tokens,
            min(case cached.kind when 'recurrent' then null else cached.block_tokens end) as block_tokens,
            max(case cached.kind when 'recurrent' then null else cached.block_tokens end) as widest_block_tokens,
            sum(
                case
                    when cached.cap_tokens <= start.from_tokens then 0
                    else cached.step_bytes / cached.block_tokens
                end
            ) as bytes_per_token,
            sum(
                cached.step_bytes * (
                    cached.constant_blocks
                    + case when cached.cap_tokens <= start.from_tokens then cached.cap_tokens / cached.block_tokens else 0 end
                )
            ) as constant_bytes
        from (
            select distinct layer.model, layer.accelerator, coalesce(layer.cap_tokens, 0) as from_tokens from cached as layer
            union
            select chosen.model, chosen.accelerator, 0 as from_tokens from chosen
        ) as start
        inner join cached on start.model = cached.model and start.accelerator = cached.accelerator
        group by start.model, start.accelerator, start.from_tokens
    ),

    bound as (
        select
            piece.model,
            piece.accelerator,
            max(piece.own_tokens) as own_tokens,
            max(piece.block_tokens) as block_tokens,
            max(piece.widest_block_tokens) as widest_block_tokens,
            max(
                case
                    when piece.bytes_per_token > 0
                        then greatest(piece.budget_bytes - piece.constant_bytes, 0) / piece.bytes_per_token
                    when piece.constant_bytes <= piece.budget_bytes then coalesce(piece.own_tokens, 0)
                    else 0
                end
            ) as tokens
        from piece
        group by piece.model, piece.accelerator
    ),

    tried as (
        select
            bound.model,
            bound.accelerator,
            bound.own_tokens as context_tokens
        from bound
        where bound.own_tokens is not null
        union
        select
            bound.model,
            bound.accelerator,
            (floor(least(bound.tokens, coalesce(bound.own_tokens, bound.tokens)) / bound.block_tokens) - below.step)::bigint
            * bound.block_tokens as context_tokens
        from bound
        inner join generate_series(0, 260) as below (step) on below.step <= bound.widest_block_tokens // bound.block_tokens + 2
    ),

    reached as (
        select
            tried.model,
            tried.accelerator,
            tried.context_tokens,
            sum(
                cached.step_bytes * mlsysdb.sequence_blocks(
                    cached.kind, tried.context_tokens, cached.window_tokens, cached.cache_step_tokens,
                    cached.block_tokens, cached.recurrent_blocks
                )
            ) <= max(cached.budget_bytes) as is_held
        from tried
        inner join cached on tried.model = cached.model and tried.accelerator = cached.accelerator
        where tried.context_tokens > 0
        group by tried.model, tried.accelerator, tried.context_tokens
    ),

    frontier as (
        select
            reached.model,
            reached.accelerator,
            coalesce(max(case when reached.is_held then reached.context_tokens end), 0) as max_context_tokens
        from reached
        group by reached.model, reached.accelerator
    )

    select
        chosen.model,
        chosen.accelerator,
        chosen.devices,
        chosen.tensor_parallel,
        chosen.pipeline_parallel,
        chosen.expert_parallel,
        chosen.engine,
        chosen.weight_format,
        chosen.kv_dtype,
        chosen.context_tokens,
        chosen.sequences,
        chosen.weights_bytes,
        chosen.kv_cache_bytes,
        chosen.kv_reserved_bytes,
        chosen.activation_bytes,
        chosen.cuda_graph_bytes,
        chosen.runtime_bytes,
        chosen.required_bytes,
        chosen.visible_memory_bytes,
        chosen.usable_memory_bytes,
        chosen.headroom_bytes,
        chosen.memory_utilization,
        chosen.fits,
        chosen.limiting_term,
        chosen.kv_bytes_per_token,
        chosen.kv_pool_bytes,
        chosen.kv_capacity_tokens,
        coalesce(
            frontier.max_context_tokens,
            case when chosen.weights_bytes is null then null when chosen.kv_pool_bytes > 0 then chosen.own_tokens else 0 end
        ) as max_context_tokens,
        chosen.max_sequences,
        chosen.evidence_tier,
        chosen.is_memory_estimated,
        chosen.is_beyond_context,
        chosen.own_tokens,
        chosen.total_bytes,
        chosen.unsplit_bytes,
        chosen.is_rocm,
        chosen.is_shared_memory,
        chosen.is_large_workspace,
        chosen.is_hbm,
        chosen.is_flashinfer,
        chosen.is_flashinfer_attention,
        chosen.is_text_only,
        chosen.has_encoder,
        chosen.encoder_peak_bytes,
        chosen.encoder_kept_bytes,
        chosen.engine_profile_id,
        chosen.engine_max_sequences,
        chosen.max_batched_tokens
    from chosen
    left join frontier on chosen.model = frontier.model and chosen.accelerator = frontier.accelerator;
