-- Bytes needed to hold a group of weights at a given width.
--
-- Scales and zero points of block formats are part of `bits`: Q4_0 is 4.5.

create or replace macro weight_bytes(param_count bigint, bits double := 16) as
param_count * bits / 8;

-- tests

select weight_bytes(7_000_000_000) = 14e9 as seven_billion_in_bf16;
select weight_bytes(70553706496) = 141107412992 as llama_3_70b_in_fp16;
select weight_bytes(70553706496, 4) = 35276853248 as llama_3_70b_at_exactly_four_bits;
select weight_bytes(null) is null as unknown_stays_unknown;
