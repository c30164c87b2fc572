ALTER TABLE published_articles DROP COLUMN further_section_ids;
ALTER TABLE published_articles DROP COLUMN seo;
ALTER TABLE revisions DROP COLUMN further_section_ids;
ALTER TABLE revisions DROP COLUMN seo;
