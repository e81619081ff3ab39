-- One row per system and fact: of several statements the one of the best tier, then the newest source.

create or replace view system_statement as
with ranked as (
    select
        fact.system_id,
        fact.fact,
        fact.as_printed,
        fact.value,
        fact.source_id,
        fact.locator,
        fact.tier,
        row_number() over (
            partition by fact.system_id, fact.fact
            order by tier_rank(fact.tier) asc, source.published_on desc nulls last, fact.source_id asc, fact.locator asc
        ) as choice
    from system_fact as fact
    inner join source on fact.source_id = source.source_id
)

select
    ranked.system_id,
    ranked.fact,
    ranked.as_printed,
    ranked.value,
    ranked.source_id,
    ranked.locator,
    ranked.tier
from ranked
where ranked.choice = 1
