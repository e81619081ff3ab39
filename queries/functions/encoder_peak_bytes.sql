-- What a vision tower holds at the peak of its forward pass, in 16 bits: its input, and by patch what every rank has and what they share.
--
-- Several ranks gather one more row of the width. Source: the order of tensors in vLLM's models/qwen3_vl.py, qwen2_5_vl.py, siglip.py,
-- moonvit.py, pixtral.py and dots_ocr.py, replayed on tensors without storage.

create or replace macro encoder_peak_bytes(
    patches bigint, patch_values bigint, whole_values bigint, split_values bigint, gathered_values bigint, tensor_parallel bigint
) as
2 * patches * (
    patch_values + whole_values + split_values / tensor_parallel + case when tensor_parallel > 1 then gathered_values else 0 end
);

-- tests

select encoder_peak_bytes(65536, 1536, 4680, 9216, 1152, 1) = 2022703104 as qwen36_on_one_rank;
select round(encoder_peak_bytes(65536, 1536, 4680, 9216, 1152, 4) / power(2, 30), 2) = 1.18 as qwen36_on_four;
select encoder_peak_bytes(null, 1536, 4680, 9216, 1152, 1) is null as unknown_stays_unknown;
