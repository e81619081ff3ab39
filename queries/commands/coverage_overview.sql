-- How well is each table cited, and how much of it is tier B or better?

select
    coverage.table_name,
    coverage.figures,
    coverage.uncited,
    coverage.tier_b_or_better_fraction,
    coverage.tier_c_fraction,
    coverage.tier_u_fraction
from coverage
where coverage.figures > 0
union all
select
    'all' as table_name,
    sum(coverage.figures)::bigint as figures,
    sum(coverage.uncited)::bigint as uncited,
    sum(coverage.tier_b_or_better_fraction * coverage.figures) / sum(coverage.figures) as tier_b_or_better_fraction,
    sum(coverage.tier_c_fraction * coverage.figures) / sum(coverage.figures) as tier_c_fraction,
    sum(coverage.tier_u_fraction * coverage.figures) / sum(coverage.figures) as tier_u_fraction
from coverage
where coverage.figures > 0
order by figures desc, table_name asc
