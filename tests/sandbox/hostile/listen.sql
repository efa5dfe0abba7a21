-- expect: passes
listen anything;
notify anything, 'hello';
unlisten *;
