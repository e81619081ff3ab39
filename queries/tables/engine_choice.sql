-- One row: the profile of an engine ("vllm", the newest) or of one version of it ("vllm==0.19.0").
--
-- "vllm==0.11.0+flashinfer" is that version where FlashInfer is installed, as in vLLM's own images: up to 0.11.0 it then
-- samples with it unasked (vllm/v1/sample/ops/topk_topp_sampler.py), which takes less memory.

create or replace macro engine_choice(engine) as table
    with asked as (
        select
            split_part(engine::varchar, '==', 1) as engine,
            nullif(split_part(engine::varchar, '==', 2), '') as version,
            mlsysdb.version_number(split_part(engine::varchar, '==', 2)) as version_number
    )

    select
        profile.*,
        profile.engine || coalesce('==' || asked.version, '') as engine_asked,
        coalesce(ends_with(asked.version, '+flashinfer'), false) as is_flashinfer
    from asked
    inner join mlsysdb.engine_profile as profile on asked.engine = profile.engine
    where
        (asked.version is null and profile.is_newest)
        or (
            asked.version is not null
            and asked.version_number >= mlsysdb.version_number(coalesce(profile.version_from, '0'))
            and asked.version_number < coalesce(mlsysdb.version_number(profile.version_before), asked.version_number + 1)
        );
