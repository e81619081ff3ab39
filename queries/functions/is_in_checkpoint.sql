-- Whether a checkpoint's own files hold the tensors of a role.
--
-- GGUF puts towers into a file of their own and llama.cpp's size counts no MTP layers; MLX's converter leaves MTP layers out
-- (mlx_lm/models/qwen3_5.py sanitize).

create or replace macro is_in_checkpoint(weight_format_id varchar, family varchar, role varchar) as
not (
    role = 'mtp' and (family = 'gguf' or starts_with(weight_format_id, 'mlx-'))
    or role in ('vision', 'audio') and family = 'gguf'
);

-- tests

select not is_in_checkpoint('q4_k_m', 'gguf', 'vision') as a_projector_is_another_file;
select is_in_checkpoint('mlx-4bit', 'int4', 'vision') as mlx_keeps_towers;
select not is_in_checkpoint('mlx-4bit', 'int4', 'mtp') as mlx_leaves_mtp_layers_out;
select is_in_checkpoint('fp8-block-128', 'fp8', 'mtp') as safetensors_hold_all;
select is_in_checkpoint(null, null, null) is null as unknown_stays_unknown;
