ALTER TABLE articles DROP COLUMN tag_ids;
ALTER TABLE articles DROP COLUMN author_ids;
DROP TABLE merged_ids;
