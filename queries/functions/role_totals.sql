-- The weights of a rank, summed over the roles that are placed alike: layers, towers (vision and audio encoders, which an engine
-- may leave out) and the vocabulary's tables, which pipeline stages do not divide. In whole bytes, so that sums are alike in any order.

create or replace macro role_totals(role varchar, held_bytes double, unsplit_bytes double) as
struct_pack(
    layers_bytes := sum(round(held_bytes)) filter (where role not in ('embedding', 'lm_head', 'vision', 'audio')),
    towers_bytes := sum(round(held_bytes)) filter (where role in ('vision', 'audio')),
    embedding_bytes := sum(round(held_bytes)) filter (where role = 'embedding'),
    lm_head_bytes := sum(round(held_bytes)) filter (where role = 'lm_head'),
    layers_unsplit_bytes := sum(round(unsplit_bytes)) filter (where role not in ('embedding', 'lm_head', 'vision', 'audio')),
    towers_unsplit_bytes := sum(round(unsplit_bytes)) filter (where role in ('vision', 'audio')),
    vocab_unsplit_bytes := sum(round(unsplit_bytes)) filter (where role in ('embedding', 'lm_head'))
);

-- tests

select role_totals(part.role, part.held_bytes, 1).layers_bytes = 30 as attention_and_mlp_are_layers
from (values ('attention', 10), ('mlp', 20), ('lm_head', 5), ('vision', 7)) as part (role, held_bytes);
select role_totals(part.role, part.held_bytes, 1).towers_bytes = 7 as encoders_are_towers
from (values ('attention', 10), ('mlp', 20), ('lm_head', 5), ('vision', 7)) as part (role, held_bytes);
select role_totals(part.role, part.held_bytes, 1).embedding_bytes is null as what_is_absent_is_null
from (values ('attention', 10), ('mlp', 20), ('lm_head', 5), ('vision', 7)) as part (role, held_bytes);
