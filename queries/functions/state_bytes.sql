-- Bytes of recurrent state that one layer keeps for one sequence on one tensor-parallel rank.
--
-- The convolution state is kept in the model's dtype, the recurrent state in the width its config asks for, else the same.
-- Source: vLLM, model_executor/layers/mamba/mamba_utils.py.

create or replace macro state_bytes(
    conv_state_values bigint, recurrent_state_values bigint, recurrent_state_bits bigint,
    model_bits double, tensor_parallel bigint
) as
(
    coalesce(conv_state_values, 0) * model_bits
    + coalesce(recurrent_state_values, 0) * coalesce(recurrent_state_bits, model_bits)
) / 8 / tensor_parallel;

-- tests

select state_bytes(24576, 524288, 32, 16, 1) = 49152 + 2097152 as qwen3_next_keeps_float32_state;
select state_bytes(null, null, null, 16, 1) = 0 as attention_keeps_none;
