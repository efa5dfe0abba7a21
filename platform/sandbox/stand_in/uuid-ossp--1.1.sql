-- Stands in for contrib's uuid-ossp where its library cannot be loaded: the same
-- functions with the same names and types, written in SQL. Versions 3, 4 and 5
-- give the values that the original gives; version 1 is a timestamp with a random
-- node, as uuid_generate_v1mc always was.
--
-- Installed by a role without privileges but run as the superuser, so every name
-- in it is qualified: nothing that the installing role planted can be called.

CREATE FUNCTION uuid_nil() RETURNS pg_catalog.uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ select '00000000-0000-0000-0000-000000000000'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_dns() RETURNS pg_catalog.uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ select '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_url() RETURNS pg_catalog.uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ select '6ba7b811-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_oid() RETURNS pg_catalog.uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ select '6ba7b812-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_ns_x500() RETURNS pg_catalog.uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ select '6ba7b814-9dad-11d1-80b4-00c04fd430c8'::pg_catalog.uuid $$;

CREATE FUNCTION uuid_generate_v4() RETURNS pg_catalog.uuid LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
AS $$ select pg_catalog.gen_random_uuid() $$;

CREATE FUNCTION uuid_generate_v3(namespace pg_catalog.uuid, name pg_catalog.text)
RETURNS pg_catalog.uuid LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
declare
    hashed bytea := decode(md5(uuid_send(namespace) || convert_to(name, 'UTF8')), 'hex');
begin
    hashed := set_byte(hashed, 6, (get_byte(hashed, 6) & 15) | 48);
    hashed := set_byte(hashed, 8, (get_byte(hashed, 8) & 63) | 128);
    return encode(hashed, 'hex')::uuid;
end $$;

-- SHA-1 (FIPS 180-4) of a namespace and a name, which Postgres's core does not have.
CREATE FUNCTION uuid_generate_v5(namespace pg_catalog.uuid, name pg_catalog.text)
RETURNS pg_catalog.uuid LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
declare
    mask constant bigint := 4294967295;
    message bytea := uuid_send(namespace) || convert_to(name, 'UTF8');
    bits constant bigint := length(message)::bigint * 8;
    h bigint[] := array[1732584193, 4023233417, 2562383102, 271733878, 3285377520];
    w bigint[];
    a bigint; b bigint; c bigint; d bigint; e bigint; f bigint; k bigint; t bigint;
    hashed bytea;
begin
    message := message || '\x80'::bytea
        || decode(repeat('00', (119 - length(message) % 64) % 64), 'hex') || int8send(bits);
    for block in 0 .. length(message) / 64 - 1 loop
        w := '{}';
        for i in 0 .. 15 loop
            w[i] := (get_byte(message, block * 64 + i * 4)::bigint << 24)
                | (get_byte(message, block * 64 + i * 4 + 1) << 16)
                | (get_byte(message, block * 64 + i * 4 + 2) << 8)
                | get_byte(message, block * 64 + i * 4 + 3);
        end loop;
        for i in 16 .. 79 loop
            t := w[i - 3] # w[i - 8] # w[i - 14] # w[i - 16];
            w[i] := ((t << 1) | (t >> 31)) & mask;
        end loop;
        a := h[1]; b := h[2]; c := h[3]; d := h[4]; e := h[5];
        for i in 0 .. 79 loop
            case i / 20
                when 0 then f := (b & c) | (~b & mask & d); k := 1518500249;
                when 1 then f := b # c # d; k := 1859775393;
                when 2 then f := (b & c) | (b & d) | (c & d); k := 2400959708;
                else f := b # c # d; k := 3395469782;
            end case;
            t := ((((a << 5) | (a >> 27)) & mask) + f + e + k + w[i]) & mask;
            e := d; d := c; c := ((b << 30) | (b >> 2)) & mask; b := a; a := t;
        end loop;
        h := array[(h[1] + a) & mask, (h[2] + b) & mask, (h[3] + c) & mask, (h[4] + d) & mask, (h[5] + e) & mask];
    end loop;
    hashed := substring(int8send(h[1]) from 5) || substring(int8send(h[2]) from 5)
        || substring(int8send(h[3]) from 5) || substring(int8send(h[4]) from 5);
    hashed := set_byte(hashed, 6, (get_byte(hashed, 6) & 15) | 80);
    hashed := set_byte(hashed, 8, (get_byte(hashed, 8) & 63) | 128);
    return encode(hashed, 'hex')::uuid;
end $$;

CREATE FUNCTION uuid_generate_v1mc()
RETURNS pg_catalog.uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
declare
    ticks constant bigint := (extract(epoch from clock_timestamp()) * 10000000)::bigint + 122192928000000000;
    noise constant bytea := uuid_send(gen_random_uuid());
    made bytea;
begin
    made := substring(int8send(ticks) from 5 for 4) || substring(int8send(ticks) from 3 for 2)
        || substring(int8send(ticks) from 1 for 2) || substring(noise from 9 for 8);
    made := set_byte(made, 6, (get_byte(made, 6) & 15) | 16);
    made := set_byte(made, 8, (get_byte(made, 8) & 63) | 128);
    made := set_byte(made, 10, get_byte(made, 10) | 1);
    return encode(made, 'hex')::uuid;
end $$;

CREATE FUNCTION uuid_generate_v1()
RETURNS pg_catalog.uuid LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SET search_path = pg_catalog
AS $$
declare
    ticks constant bigint := (extract(epoch from clock_timestamp()) * 10000000)::bigint + 122192928000000000;
    noise constant bytea := uuid_send(gen_random_uuid());
    made bytea;
begin
    made := substring(int8send(ticks) from 5 for 4) || substring(int8send(ticks) from 3 for 2)
        || substring(int8send(ticks) from 1 for 2) || substring(noise from 9 for 8);
    made := set_byte(made, 6, (get_byte(made, 6) & 15) | 16);
    made := set_byte(made, 8, (get_byte(made, 8) & 63) | 128);
    made := set_byte(made, 10, get_byte(made, 10) | 1);
    return encode(made, 'hex')::uuid;
end $$;
