-- Which coefficients make up what the engine takes besides weights and cache?
--
-- Only the largest branch of a term counts; is_counted says which.

with product as (
    select
        term.term,
        term.branch,
        term.driver,
        term.coefficient,
        engine_driver(
            term.driver, $engine_max_sequences, $max_batched_tokens, captured_graphs($engine_max_sequences), trait.vocab_size,
            trait.hidden_size, trait.intermediate_size, trait.experts_per_token, trait.expert_width, trait.expert_params,
            trait.absorbed_params, trait.rope_values, $unsplit_bytes, $has_encoder,
            stage_layers(trait.layers, $pipeline_parallel), $tensor_parallel, $devices, $total_bytes, $weight_format,
            $is_rocm, $is_shared_memory, $is_large_workspace, $is_hbm, $is_flashinfer,
            $is_flashinfer_attention, $encoder_peak_bytes, $encoder_kept_bytes
        ) as driver_value,
        term.fitted_on,
        term.sample_count,
        term.residual_bytes,
        term.source_id,
        term.locator,
        term.tier
    from engine_term as term
    inner join model_trait as trait on trait.model_id = $model
    where term.engine_profile_id = $engine_profile_id
),

branched as (
    select
        product.*,
        sum(product.coefficient * product.driver_value) over (partition by product.term, product.branch) as branch_bytes
    from product
)

select
    branched.term,
    branched.driver,
    branched.coefficient,
    branched.driver_value,
    branched.coefficient * branched.driver_value as term_bytes,
    branched.branch_bytes = max(branched.branch_bytes) over (partition by branched.term) as is_counted,
    branched.fitted_on,
    branched.sample_count,
    branched.residual_bytes,
    branched.source_id,
    branched.locator,
    branched.tier
from branched
where branched.driver_value <> 0
order by branched.term asc, branched.branch asc, term_bytes desc, branched.driver asc
