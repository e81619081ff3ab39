-- Layers in one cache group of a hybrid model: the smallest count of a kind, or the largest when they are nearly equal.
--
-- Source: vLLM, v1/core/kv_cache_utils.py, get_kv_cache_groups; the ratio is 1.25 from 0.12 and 1.5 from 0.18.

create or replace macro group_layers(fewest_layers bigint, most_layers bigint, group_ratio double) as
case when most_layers < fewest_layers * coalesce(group_ratio, 0) then most_layers else fewest_layers end;

-- tests

select group_layers(10, 52, 1.5) = 10 as gemma_3_27b_has_seven_groups_of_ten;
select group_layers(17, 18, 1.25) = 18 as nearly_equal_kinds_are_padded;
select group_layers(17, 18, null) = 17 as older_versions_take_the_smallest;
