-- The evidence tier of a rank: the inverse of tier_rank, so that max(rank) names the weakest link.

create or replace macro tier_name(tier_rank bigint) as
case tier_rank when 1 then 'A' when 2 then 'B+' when 3 then 'B' when 4 then 'B-' when 5 then 'C' when 6 then 'U' end;

-- tests

select tier_name(2) = 'B+' as second_best;
select tier_name(null) is null as unknown_stays_unknown;
