DROP TABLE comment_handlings;
