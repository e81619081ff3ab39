-- One row: the profile of an engine ("vllm", the newest) or of one version of it ("vllm==0.19.0").
--
-- What stands after a plus says more of how it runs; several words are joined by points ("+flashinfer.wsl2").
-- "vllm==0.11.0+flashinfer": FlashInfer is installed, as in vLLM's own images; up to 0.11.0 it then samples with it unasked
-- (vllm/v1/sample/ops/topk_topp_sampler.py), which takes less memory. "+wsl2": under WSL2 PyTorch sees all the memory that the
-- driver shows (15.99 GiB of an RTX 4080). "+prefix_caching": asked for on a hybrid model, a sequence then keeps two states.
-- "+language_model_only": vision and audio towers are neither loaded nor profiled.

create or replace macro engine_choice(engine) as table
    with asked as (
        select
            split_part(engine::varchar, '==', 1) as engine,
            nullif(split_part(engine::varchar, '==', 2), '') as version,
            mlsysdb.version_number(nullif(split_part(engine::varchar, '==', 2), '')) as version_number,
            string_split(split_part(engine::varchar, '+', 2), '.') as labels
    )

    select
        profile.* replace (
            case
                when list_contains(asked.labels, 'prefix_caching') then greatest(profile.recurrent_blocks, 2)
                else profile.recurrent_blocks
            end as recurrent_blocks
        ),
        profile.engine || coalesce('==' || asked.version, '') as engine_asked,
        list_contains(asked.labels, 'flashinfer') as is_flashinfer,
        list_contains(asked.labels, 'wsl2') as is_wsl2,
        list_contains(asked.labels, 'language_model_only') as is_text_only
    from asked
    inner join mlsysdb.kept_engine_rule as profile on asked.engine = profile.engine
    where
        coalesce(
            asked.version_number >= profile.from_number and asked.version_number < profile.before_number, profile.is_newest
        );
