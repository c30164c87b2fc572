-- Views by the hour, which a ranking adds up. They are derived and go after a week by themselves: a
-- reference to `articles` would have every deletion of an article look for them.
CREATE TABLE view_hours (
    hour BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    views BIGINT NOT NULL,
    PRIMARY KEY (hour, article_id)
);
-- What was read most over the last so many hours, as it was found at a moment: the last few rankings,
-- for pages to go on in. Derived, too.
CREATE TABLE popular_rankings (
    hours BIGINT NOT NULL,
    ranked_at BIGINT NOT NULL,
    rank BIGINT NOT NULL,
    article_id BIGINT NOT NULL,
    PRIMARY KEY (hours, ranked_at, rank)
);
