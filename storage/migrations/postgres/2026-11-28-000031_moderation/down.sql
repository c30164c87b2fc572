DROP TABLE comment_cases;
ALTER TABLE comments DROP COLUMN featured;
ALTER TABLE comments DROP COLUMN version;
