-- One row per table of figures: how many it holds, how many of them are cited, and the share of each evidence tier.

create or replace view coverage as
with cited as (
    select
        citation.table_name,
        count(*) as cited,
        avg(case when citation.tier = 'A' then 1.0 else 0 end) as tier_a_fraction,
        avg(case when citation.tier = 'B+' then 1.0 else 0 end) as tier_b_plus_fraction,
        avg(case when citation.tier = 'B' then 1.0 else 0 end) as tier_b_fraction,
        avg(case when citation.tier = 'B-' then 1.0 else 0 end) as tier_b_minus_fraction,
        avg(case when citation.tier = 'C' then 1.0 else 0 end) as tier_c_fraction,
        avg(case when citation.tier = 'U' then 1.0 else 0 end) as tier_u_fraction
    from citation
    where citation.place <> '' and citation.source_title <> '' and citation.tier is not null
    group by citation.table_name
)

select
    figure_count.table_name,
    figure_count.figures,
    figure_count.figures - coalesce(cited.cited, 0) as uncited,
    cited.tier_a_fraction + cited.tier_b_plus_fraction + cited.tier_b_fraction as tier_b_or_better_fraction,
    cited.tier_a_fraction,
    cited.tier_b_plus_fraction,
    cited.tier_b_fraction,
    cited.tier_b_minus_fraction,
    cited.tier_c_fraction,
    cited.tier_u_fraction
from figure_count
left join cited on figure_count.table_name = cited.table_name
