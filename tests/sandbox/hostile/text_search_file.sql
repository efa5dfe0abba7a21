-- expect: fails F0000|22023|42501|58P01
create text search dictionary trap (template = ispell, dictfile = '../../../etc/passwd', afffile = 'x');
