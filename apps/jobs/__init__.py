"""Work that outlives the request that asked for it: rows that workers claim, and the messages that wake them."""
