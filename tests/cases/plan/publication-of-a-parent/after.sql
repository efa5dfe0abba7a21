create publication pub for table only a;
