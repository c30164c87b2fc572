-- What search engines are told of an article, and the sections it is listed in besides its own.

ALTER TABLE revisions ADD COLUMN seo TEXT;
ALTER TABLE revisions ADD COLUMN further_section_ids TEXT NOT NULL DEFAULT '[]';
ALTER TABLE published_articles ADD COLUMN seo TEXT;
ALTER TABLE published_articles ADD COLUMN further_section_ids TEXT NOT NULL DEFAULT '[]';

-- The original that an article translates; never one that is itself a translation.
ALTER TABLE revisions ADD COLUMN translation_of BIGINT;
CREATE INDEX revisions_translation_of ON revisions (translation_of) WHERE translation_of IS NOT NULL;
ALTER TABLE published_articles ADD COLUMN translation_of BIGINT;
CREATE INDEX published_articles_translation_of ON published_articles (translation_of)
    WHERE translation_of IS NOT NULL;
