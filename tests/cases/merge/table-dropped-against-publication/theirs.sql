create publication p for table posts;
