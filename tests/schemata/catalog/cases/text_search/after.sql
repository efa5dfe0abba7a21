create text search dictionary plain (template = simple, stopwords = english);
create text search configuration words (copy = simple);
alter text search configuration words alter mapping for asciiword with plain, simple;
