-- expect: fails 42501|58P01
load '$libdir/plugins/../dblink';
