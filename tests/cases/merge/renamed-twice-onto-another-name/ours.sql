alter type mood rename to feeling; drop table posts;
