-- One row per model: the class of its architecture, by what is particular about its memory.

create or replace view model_class as
select
    model.model_id,
    case
        when model.is_encoder then 'encoder'
        when bool_or(layer.kind = 'recurrent') and bool_or(layer.kind in ('full', 'sliding', 'mla')) then 'hybrid'
        when bool_or(layer.kind = 'recurrent') then 'state space'
        when bool_or(layer.kind = 'mla') then 'latent attention'
        when bool_or(layer.kind in ('sliding', 'chunked')) then 'sliding window'
        else 'full attention'
    end || case when model.experts is not null then ', experts' else '' end as architecture_class
from model
inner join layer_group as layer on model.model_id = layer.model_id
group by model.model_id, model.is_encoder, model.experts
