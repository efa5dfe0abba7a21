-- expect: passes || fails 39000|22023|53200|42883 || stopped deadline
create extension pgcrypto;
select length(pgp_sym_decrypt_bytea(pgp_sym_encrypt_bytea(convert_to(repeat('x', 50000000), 'UTF8'), 'k', 'compress-algo=1'), 'k'));
