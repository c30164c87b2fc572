DELETE FROM backfills WHERE name = 'tag_terms';
DROP TABLE tag_terms;
DROP TABLE unindexed_comments;
DROP TABLE comment_search;
DROP TABLE article_heads;
DROP TABLE article_search;
