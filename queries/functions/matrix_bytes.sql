-- Bytes of `tensors` equal matrices as a weight format stores them.
--
-- Each element takes `tensor_bits`; each output row `row_bits` more (per-channel scales); each started block of
-- block_out x block_in elements `block_bits` more (group scales and zero points, 128 x 128 FP8 scales).

create or replace macro matrix_bytes(
    out_features bigint, in_features bigint, tensors double, tensor_bits double, row_bits double,
    block_out bigint, block_in bigint, block_bits double
) as
tensors * (
    out_features * in_features * tensor_bits
    + out_features * row_bits
    + ceil(out_features / block_out) * ceil(in_features / block_in) * block_bits
) / 8;

-- tests

select matrix_bytes(4096, 4096, 1, 16, 0, 1, 1, 0) = 33554432 as sixteen_bits_an_element;
select matrix_bytes(4096, 4096, 1, 8, 32, 1, 1, 0) = 16777216 + 4096 * 4 as a_float32_scale_a_row;
select matrix_bytes(4096, 4096, 1, 4, 0, 1, 128, 20) = 8388608 + 4096 * 32 * 2.5 as int4_with_groups_of_128;
select matrix_bytes(7168, 576, 1, 8, 0, 128, 128, 32) = 4128768 + 56 * 5 * 4 as a_started_block_has_its_scale;
select matrix_bytes(1, 1, null, 16, 0, 1, 1, 0) is null as unknown_stays_unknown;
