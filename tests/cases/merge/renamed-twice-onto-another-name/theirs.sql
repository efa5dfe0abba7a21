alter type mood rename to state; alter table posts rename to feeling;
