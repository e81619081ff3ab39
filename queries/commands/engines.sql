-- Which engines, and from which version on, have rules?

select
    profile.engine,
    arg_min(profile.version_from, version_number(profile.version_from)) || ' and later' as versions
from engine_profile as profile
group by profile.engine
order by profile.engine
