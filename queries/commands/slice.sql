-- Is an accelerator a slice of another one, and can several such slices serve one model?

select
    slice.profile,
    slice.parent_id,
    slice.is_peer_to_peer
from accelerator_partition as slice
where slice.accelerator_id = $accelerator
