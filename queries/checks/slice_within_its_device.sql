-- A slice is no slice of itself or of a slice, and neither advertises nor shows more memory than the device it is cut from.
--
-- Mend: correct parent_id in accelerator_partition.csv, or the slice's memory in accelerator_spec.csv.

select
    slice.accelerator_id,
    slice.parent_id,
    own.memory_bytes,
    parent.memory_bytes as parent_memory_bytes
from accelerator_partition as slice
inner join accelerator_memory as own on slice.accelerator_id = own.accelerator_id
inner join accelerator_memory as parent on slice.parent_id = parent.accelerator_id
left join accelerator_partition as above on slice.parent_id = above.accelerator_id
where
    above.accelerator_id is not null
    or slice.accelerator_id = slice.parent_id
    or own.memory_bytes > parent.memory_bytes
    or own.stated_visible_memory_bytes > parent.visible_memory_bytes
