-- expect: passes || fails 0A000|2200M|22000
select xmlparse(document '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>');
do $$ begin
    if (xmlparse(document '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>'))::text ~ 'root:' then
        raise exception 'a file was read';
    end if;
end $$;
