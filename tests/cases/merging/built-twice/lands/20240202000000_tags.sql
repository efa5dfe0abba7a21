-- CreateTable
-- Left out: table public.tags is there already.

-- CreateIndex
-- Left out: index public.tags.tags_name is there already.

-- Left out: the very same statement has run already.

-- CreateTable
create table tagged (tag_id int references tags, order_id int references orders);
