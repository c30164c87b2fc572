-- What search engines are told of an article, and the sections it is listed in besides its own.

ALTER TABLE revisions ADD COLUMN seo TEXT;
ALTER TABLE revisions ADD COLUMN further_section_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE published_articles ADD COLUMN seo TEXT;
ALTER TABLE published_articles ADD COLUMN further_section_ids TEXT NOT NULL DEFAULT '[]';
