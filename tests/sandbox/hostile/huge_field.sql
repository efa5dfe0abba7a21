-- expect: stopped output|deadline || passes || fails 53200
select repeat('x', 900000000);
