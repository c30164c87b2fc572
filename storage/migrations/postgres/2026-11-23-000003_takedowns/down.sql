DROP INDEX addresses_article;
CREATE INDEX addresses_article ON addresses (article_id);
ALTER TABLE addresses DROP COLUMN public_from;
DROP TABLE takedowns;
