-- Bytes that PyTorch's allocator counts as taken beyond a tensor's own: the rest of its block, where that is too small to split off.
--
-- From 10 MiB a tensor gets a block of whole 2 MiB; smaller ones above 1 MiB share blocks of 20 MiB; a rest of 1 MiB or less stays
-- with the tensor before it. Source: PyTorch, c10/cuda/CUDACachingAllocator.cpp get_allocation_size and should_split.

create or replace macro unsplit_bytes(tensor_bytes double) as
case
    when tensor_bytes is null then null
    when tensor_bytes <= 1048576 then 0
    when tensor_bytes < 10485760
        then
            case
                when 20971520 - floor(20971520 / tensor_bytes) * tensor_bytes <= 1048576
                    then 20971520 / floor(20971520 / tensor_bytes) - tensor_bytes
                else 0
            end
    when ceil(tensor_bytes / 2097152) * 2097152 - tensor_bytes <= 1048576 then ceil(tensor_bytes / 2097152) * 2097152 - tensor_bytes
    else 0
end;

-- tests

select unsplit_bytes(35 * 1048576) = 1048576 as a_rest_of_one_mebibyte_is_not_split_off;
select unsplit_bytes(12.25 * 1048576) = 0 as a_larger_rest_is;
select unsplit_bytes(48 * 1048576) = 0 as whole_blocks_leave_none;
select unsplit_bytes(5 * 1048576) = 0 as four_fill_a_block;
select abs(unsplit_bytes(6.5 * 1048576) - 524288 / 3) < 1 as three_share_a_rest_of_half_a_mebibyte;
select unsplit_bytes(1048576) = 0 as small_ones_are_packed;
select unsplit_bytes(0) = 0 as nothing_takes_nothing;
select unsplit_bytes(null) is null as unknown_stays_unknown;
