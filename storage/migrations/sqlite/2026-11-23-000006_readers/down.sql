DROP INDEX published_articles_translation_of;
ALTER TABLE published_articles DROP COLUMN translation_of;
DROP INDEX revisions_translation_of;
ALTER TABLE revisions DROP COLUMN translation_of;
ALTER TABLE published_articles DROP COLUMN further_section_ids;
ALTER TABLE published_articles DROP COLUMN seo;
ALTER TABLE revisions DROP COLUMN further_section_ids;
ALTER TABLE revisions DROP COLUMN seo;
