DROP INDEX comments_user_article;
DROP TABLE comment_cases;
ALTER TABLE comments DROP COLUMN featured;
ALTER TABLE comments DROP COLUMN version;
