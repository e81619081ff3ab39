-- Layers of a group that the fullest pipeline stage holds.

create or replace macro stage_layers(layers bigint, pipeline_parallel bigint) as
ceil(layers / pipeline_parallel)::bigint;

-- tests

select stage_layers(62, 4) = 16 as the_fullest_of_four_stages;
select stage_layers(80, 1) = 80 as one_stage_holds_all;
