DROP TABLE comment_traces;
DROP TABLE comment_bans;
