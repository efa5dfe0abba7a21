create unique index items_price on items (price);
