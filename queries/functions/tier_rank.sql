-- An evidence tier as a number: 1 is the best (A, read in the vendor's document), 6 the weakest (U, unread).

create or replace macro tier_rank(tier varchar) as
case tier when 'A' then 1 when 'B+' then 2 when 'B' then 3 when 'B-' then 4 when 'C' then 5 when 'U' then 6 end;

-- tests

select tier_rank('A') < tier_rank('B+') as a_vendors_document_beats_its_code;
select tier_rank('U') = 6 as unread_is_last;
select tier_rank(null) is null as unknown_stays_unknown;
