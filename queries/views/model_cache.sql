-- One row per model with known layers: whether none of them keeps a cache (an encoder, for one).

create or replace view model_cache as
select
    layer.model_id,
    bool_and(layer.kind in ('none', 'shared')) as keeps_nothing
from layer_group as layer
group by layer.model_id
