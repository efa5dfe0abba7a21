-- expect: stopped deadline || fails 53200|2201B|XX000
select repeat('a', 100000) ~ '((((((a{1,100}){1,100}){1,100}){1,100}){1,100}){1,100})*b';
