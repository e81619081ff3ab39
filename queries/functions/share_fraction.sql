-- Share of a tensor's layers that a storage rule holds for.
--
-- more_bits: below n/8, from 7n/8, and every third between; first_eighth, first_sixteenth, first_2, first_4 and middle as they
-- say; not_... is the rest; key_half and value_half are the two halves llama.cpp makes of MLA's kv_b. Source: llama.cpp,
-- src/llama-quant.cpp, use_more_bits and llama_tensor_get_type_impl.

create or replace macro share_fraction(share varchar, layers bigint) as
case
    when share = 'all' then 1
    when share in ('key_half', 'value_half') then 0.5
    else abs(
        case when share like 'not_%' then 1 else 0 end - case replace(share, 'not_', '')
            when 'first_2' then least(layers, 2)
            when 'first_4' then least(layers, 4)
            when 'first_eighth' then layers // 8
            when 'first_sixteenth' then layers // 16
            when 'middle' then 7 * layers // 8 - layers // 8
            when 'more_bits' then layers // 8 + layers - 7 * layers // 8 + (7 * layers // 8 - layers // 8) // 3
            when 'more_bits_less_first_sixteenth' then
                layers // 8 - layers // 16 + layers - 7 * layers // 8 + (7 * layers // 8 - layers // 8) // 3
        end::double / layers
    )
end;

-- tests

select share_fraction('all', 32) = 1 as every_layer;
select share_fraction('more_bits', 32) = 16 / 32 as sixteen_of_thirty_two;
select share_fraction('more_bits', 80) + share_fraction('not_more_bits', 80) = 1 as the_rest_completes_it;
select share_fraction('first_eighth', 32) = 0.125 as an_eighth;
select share_fraction('no such word', 32) is null as an_unknown_word_is_neither;
