-- expect: passes || fails 0A000|2200M|53200|22000|2200N || stopped deadline
select xmlparse(document '<!DOCTYPE r [<!ENTITY a "' || repeat('x', 1000) || '"><!ENTITY b "' || repeat('&a;', 1000) || '"><!ENTITY c "' || repeat('&b;', 1000) || '"><!ENTITY d "' || repeat('&c;', 1000) || '">]><r>&d;</r>');
