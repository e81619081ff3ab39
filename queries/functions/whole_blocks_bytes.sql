-- The part of a memory pool that whole blocks can use.

create or replace macro whole_blocks_bytes(pool_bytes double, block_bytes double) as
case
    when pool_bytes is null then null
    when block_bytes > 0 then floor(greatest(pool_bytes, 0) / block_bytes) * block_bytes
    else greatest(pool_bytes, 0)
end;

-- tests

select whole_blocks_bytes(1000, 300) = 900 as three_blocks;
select whole_blocks_bytes(-5, 300) = 0 as nothing_left_is_no_block;
select whole_blocks_bytes(null, 300) is null as unknown_stays_unknown;
