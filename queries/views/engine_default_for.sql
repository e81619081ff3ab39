-- One row per engine profile, setting and accelerator: what the engine takes there when told nothing.

create or replace view engine_default_for as
with ranked as (
    select
        stated.engine_profile_id,
        stated.setting,
        memory.accelerator_id,
        stated.value,
        row_number() over (
            partition by stated.engine_profile_id, stated.setting, memory.accelerator_id
            order by case when stated.accelerator_id = '*' then 1 else 0 end, stated.from_memory_bytes desc
        ) as choice
    from engine_default as stated
    inner join accelerator_memory as memory
        on
            stated.accelerator_id in ('*', memory.accelerator_id)
            and stated.from_memory_bytes <= memory.runtime_memory_bytes
)

select
    ranked.engine_profile_id,
    ranked.setting,
    ranked.accelerator_id,
    ranked.value
from ranked
where ranked.choice = 1
