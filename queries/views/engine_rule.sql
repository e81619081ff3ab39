-- One row per engine profile, with the versions that it holds for as numbers that order as versions do.

create or replace view engine_rule as
select
    profile.*,
    version_number(coalesce(profile.version_from, '0')) as from_number,
    coalesce(version_number(profile.version_before), 9223372036854775807) as before_number
from engine_profile as profile;
