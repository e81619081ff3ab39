-- A link's bandwidth both ways is about twice that of one way: the two are never swapped, nor is one port taken for all.
--
-- 1.6 to 2.5 times, as sources differ on which ports they count (Gaudi 3: 21 of 24). H100's 900 GB/s are both ways, 450 one way.
--
-- Mend: correct basis or value in accelerator_spec.csv; a figure of one port among several is no link_bandwidth.

select
    one.accelerator_id,
    one.as_printed as one_way_as_printed,
    one.source_id as one_way_source_id,
    two.as_printed as both_ways_as_printed,
    two.source_id as both_ways_source_id
from accelerator_spec as one
inner join accelerator_spec as two
    on one.accelerator_id = two.accelerator_id and one.quantity_id = two.quantity_id
where
    one.quantity_id = 'link_bandwidth'
    and one.basis = 'one_way'
    and two.basis = 'both_ways'
    and two.value / one.value not between 1.6 and 2.5
