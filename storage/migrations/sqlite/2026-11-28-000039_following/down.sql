DROP TABLE comment_tallies;
DROP TABLE notifications;
DROP INDEX changes_comments;
DROP INDEX changes_article;
UPDATE changes SET data = '{"article_id":' || article_id || '}' WHERE article_id IS NOT NULL;
ALTER TABLE changes DROP COLUMN article_id;
