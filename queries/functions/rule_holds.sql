-- Whether a conditional storage rule holds for a model (or, for rows_not_256, for a tensor).
--
-- The words are those of llama.cpp's quantisation: experts_4 and experts_8 (four or more, exactly eight experts), gqa_4 (four
-- query heads a kv head or more), tied, falcon, type_70b (80 layers, grouped heads), native_mxfp4, rows_not_256. Source:
-- llama.cpp, src/llama-quant.cpp, llama_tensor_get_type_impl.

create or replace macro rule_holds(
    condition varchar, architecture varchar, layers bigint, heads bigint, kv_heads bigint, experts bigint,
    is_tied boolean, native_weight_format_id varchar, in_features bigint
) as
case condition
    when 'always' then true
    when 'experts_4' then coalesce(experts, 0) >= 4
    when 'experts_8' then coalesce(experts, 0) = 8
    when 'gqa_4' then coalesce(heads, 0) >= 4 * coalesce(kv_heads, 1)
    when 'tied' then is_tied
    when 'falcon' then architecture ilike 'falcon%' and architecture not ilike 'falcon_h1%' and architecture not ilike 'falconh1%'
    when 'type_70b'
        then
            layers = 80 and coalesce(kv_heads, 1) < heads and (architecture ilike 'llama%' or architecture ilike 'qwen2for%')
    when 'native_mxfp4' then coalesce(native_weight_format_id = 'mxfp4', false)
    when 'rows_not_256' then in_features % 256 <> 0
end;

-- tests

select rule_holds('type_70b', 'LlamaForCausalLM', 80, 64, 8, null, false, 'bf16', 8192) as llama_3_70b;
select not rule_holds('type_70b', 'LlamaForCausalLM', 32, 32, 8, null, false, 'bf16', 4096) as not_the_8b;
select rule_holds('experts_8', 'MixtralForCausalLM', 32, 32, 8, 8, false, 'bf16', 4096) as mixtral;
select not rule_holds('experts_8', 'LlamaForCausalLM', 32, 32, 8, null, false, 'bf16', 4096) as a_dense_model_has_no_experts;
select rule_holds('rows_not_256', 'Qwen2ForCausalLM', 24, 14, 2, null, true, 'bf16', 896) as qwen2_half_a_billion;
select rule_holds('no such word', 'x', 1, 1, 1, 1, true, 'bf16', 1) is null as an_unknown_word_is_neither;
