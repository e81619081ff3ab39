-- Memory that replicas of a model leave unused: that of the devices left over, and what is free on those they use.

create or replace macro stranded_bytes(devices bigint, used_devices bigint, usable_memory_bytes double, headroom_bytes double) as
(devices - used_devices) * usable_memory_bytes
+ case when used_devices > 0 then used_devices * headroom_bytes else 0 end;

-- tests

select stranded_bytes(6, 4, 70, 5) = 160 as two_left_over_and_a_little_on_four;
select stranded_bytes(8, 8, 70, 5) = 40 as all_in_use;
select stranded_bytes(8, 0, 70, null) = 560 as nothing_in_use;
select stranded_bytes(8, 4, null, 5) is null as unknown_stays_unknown;
