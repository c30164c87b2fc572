DROP TABLE comment_rules;
