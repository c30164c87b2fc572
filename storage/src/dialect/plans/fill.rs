//! Rows by the ten thousand, in words both databases read.

pub(super) const FILL: &str = "
INSERT INTO sections SELECT 1, 's1', 's', NULL, NULL, 0, 'inherit', NULL, 1, 0, 0, NULL;
INSERT INTO sections WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 8)
    SELECT i, 's' || i, 's', NULL, 1, 0, 'inherit', NULL, 1, 0, 0, NULL FROM n;
INSERT INTO tags WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    SELECT i, 't' || i, 't', NULL, NULL, 1, 0, 0 FROM n;
INSERT INTO authors WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    SELECT i, 'a' || i, 'a', NULL, NULL, 1, 0, 0, NULL, NULL, '[]', i FROM n;
INSERT INTO moved_slugs SELECT 'tag', 'old-t' || id, id, 0 FROM tags;
INSERT INTO moved_slugs SELECT 'author', 'old-a' || id, id, 0 FROM authors;
INSERT INTO merged_ids SELECT 'tag', id + 10000, id, 0 FROM tags;
INSERT INTO merged_ids SELECT 'author', id + 10000, id, 0 FROM authors;
INSERT INTO merged_ids SELECT 'section', id + 10000, 1, 0 FROM tags;
INSERT INTO articles WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    SELECT i, 'p' || i, 'title', i % 8 + 1, CASE WHEN i % 10 = 0 THEN 'draft' ELSE 'published' END, 2,
        i, i, i, i, NULL, 'user:' || i % 50, NULL, NULL, NULL,
        i, i, '[' || (i % 3000 + 1) || ']', '[' || (i % 3000 + 1) || ',1]' FROM n;
INSERT INTO revisions (id, article_id, number, title, slug, summary, language, section_id, author_ids,
    tag_ids, lead_image, body_format, body_source, comments, created_by, created_at) SELECT id, id, 1, 't', slug, NULL, 'en', section_id, '[]', '[]', NULL, 'html',
    'b', 'inherit', 'x', 0 FROM articles;
INSERT INTO published_articles (id, slug, title, summary, language, section_id, author_ids, tag_ids, lead_image,
    comments, published_at, updated_at, visible_from, visible_until, word_count, reading_seconds, version, renderer)
    SELECT id, slug, title, NULL, 'en', section_id, '[1,2]', '[1,2]', NULL,
    'inherit', published_at, published_at, visible_from, NULL, 1, 1, 1, CASE WHEN id % 500 = 0 THEN 0 ELSE 1 END FROM articles;
UPDATE revisions SET translation_of = id - 1 WHERE id % 40 = 1 AND id > 1;
UPDATE published_articles SET translation_of = id - 1 WHERE id % 40 = 1 AND id > 1;
INSERT INTO published_bodies SELECT id, 'html', 'body' FROM articles;
INSERT INTO tag_terms SELECT 't' || id, id FROM tags;
INSERT INTO tag_terms SELECT 'tag', id FROM tags;
INSERT INTO addresses SELECT slug, id, 0, 0 FROM articles;
INSERT INTO corrections (id, article_id, text, dated_at, created_by, created_at)
    SELECT id, id, 'text', id, 'x', id FROM articles;
INSERT INTO comment_rules SELECT id, 'word', 'p' || id, 'word', NULL, NULL, NULL, 'hold', NULL, TRUE, 1, 'x', id, id
    FROM articles;
INSERT INTO preview_links SELECT id, id % 500 + 1, 1, 'x', id, 9000000000 FROM articles;
INSERT INTO takedowns SELECT id, 'reason', 'notice', id FROM articles WHERE id % 20 = 19;
INSERT INTO article_stats SELECT id, 0, 0, 0 FROM articles;
INSERT INTO view_hours WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
    SELECT n.i, a.id, 1 FROM n, articles a WHERE a.id % 10 <= n.i;
INSERT INTO popular_rankings WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
    SELECT h.hours, (n.i - 3) * 300000 + 15000, a.id, a.id FROM n,
    (SELECT 24 AS hours UNION ALL SELECT 168) h, articles a WHERE a.id <= 1000;
INSERT INTO listings SELECT 'site', 0, id, published_at, CASE WHEN id % 50 = 0 THEN 'zh' ELSE 'en' END,
    visible_from, NULL FROM articles;
INSERT INTO listings SELECT 'section', section_id, id, published_at, 'en', visible_from, NULL
    FROM articles;
INSERT INTO listings SELECT 'section', 1, id, published_at, 'en', visible_from, NULL FROM articles
    WHERE section_id <> 1;
INSERT INTO listings SELECT 'tag', id % 3000 + 1, id, published_at, 'en', visible_from, NULL
    FROM articles;
INSERT INTO listings SELECT 'author', id % 3000 + 1, id, published_at, 'en', visible_from, NULL
    FROM articles;
INSERT INTO working_listings SELECT 'tag', id % 3000 + 1, id FROM articles;
INSERT INTO working_listings SELECT 'tag', 1, id FROM articles WHERE id % 3000 <> 0;
INSERT INTO working_listings SELECT 'author', id % 3000 + 1, id FROM articles;
INSERT INTO working_terms SELECT 'word' || (id % 3000), id FROM articles;
INSERT INTO working_terms SELECT 'often', id FROM articles WHERE id % 3 <> 0;
INSERT INTO working_terms SELECT 'seldom', id FROM articles WHERE id % 4 = 0;
INSERT INTO working_terms SELECT 'always', id FROM articles;
INSERT INTO working_terms SELECT CASE WHEN id % 2 = 0 THEN 'even' ELSE 'odd' END, id FROM articles;
INSERT INTO comments WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    SELECT i, CASE WHEN i < 15000 THEN 1 ELSE i % 20000 + 1 END, NULL, i, NULL, 0, 'guest', 'n', NULL,
        's', 'h', 't', CASE WHEN i % 20 = 0 THEN 'held' ELSE 'published' END, i % 20 <> 0, 0, 0, 0, FALSE, NULL, i, NULL, i % 500,
        CASE WHEN i < 15000 THEN -1 ELSE -(i % 20000 + 1) END, i, i, i, i, 1, FALSE FROM n;
INSERT INTO comment_cases SELECT id, CASE WHEN id % 40 = 0 THEN 'held' END, 4000000000000 - id, id, 'word', NULL, NULL, 0, 0, FALSE, NULL, NULL, NULL
    FROM comments WHERE status = 'held';
INSERT INTO comment_traces SELECT id, 'hash ' || (id % 500), 'mail ' || (id % 500) FROM comments;
INSERT INTO comment_bans SELECT id, CASE id % 3 WHEN 0 THEN 'email' WHEN 1 THEN 'account' ELSE 'address' END,
    CASE id % 3 WHEN 0 THEN 'mail ' ELSE 'hash ' END || id, id, NULL, NULL, NULL, CASE WHEN id < 10 THEN 0 END, 0, 'guest', id
    FROM comments WHERE id <= 5000;
INSERT INTO comment_handlings SELECT id, id % 500 + 1, 'note', 'n', 'guest', id FROM comments WHERE id <= 20000;
INSERT INTO comments SELECT id + 100000, article_id, id % 3000 + 1, id % 3000 + 1, NULL, 1, 'guest',
    'n', NULL, 's', 'h', 't', 'published', TRUE, 0, 0, 0, FALSE, NULL, id, NULL, NULL, id % 3000 + 1, id + 100000, id + 100000, id + 100000, id + 100000, 1, FALSE
    FROM comments WHERE article_id = 1;
INSERT INTO users WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    SELECT i, 'u' || i || '@example.org', i, 'u', 'h', CASE WHEN i % 1000 = 0 THEN 'editor' ELSE 'reader' END, 'active', 0, i, 1, 0, 0
    FROM n;
INSERT INTO comment_votes SELECT id, id % 50 + 1, article_id, 1, id FROM comments;
INSERT INTO comment_votes SELECT id, 77, article_id, 1, id FROM comments WHERE id < 20000;
INSERT INTO comment_reports SELECT id, CASE WHEN id % 2 = 0 THEN 21 ELSE id END, id, 'spam', NULL, 100, id, NULL, NULL FROM users WHERE id NOT IN (77, 78);
INSERT INTO comment_reports SELECT id + 100000, id, 77, 'spam', NULL, 100, id,
    CASE WHEN id % 3 = 0 THEN 'upheld' END, CASE WHEN id % 3 = 0 THEN id END FROM comments WHERE id BETWEEN 100 AND 5000;
INSERT INTO sessions SELECT id, id / 4, 'h', 3, id, 'app', id, 9000000, CASE WHEN id % 20 = 0 THEN id END, NULL
    FROM users;
INSERT INTO user_tokens SELECT 't' || id, id, 'set_password', 'u@example.org', id, id FROM users WHERE id < 3000;
INSERT INTO known_addresses SELECT id, 'a', id FROM users;
INSERT INTO attempts SELECT 'b' || id, 1, id FROM users;
INSERT INTO changes (at, actor, kind, entity, entity_id, article_id)
    SELECT id, CASE WHEN id % 3 = 0 THEN 'guest' ELSE 'user:' || id % 50 END, 'created',
    CASE WHEN id % 2 = 0 THEN 'comment' ELSE 'session' END, id % 500, CASE WHEN id % 2 = 0 THEN id % 4 / 2 + 1 END FROM users;
INSERT INTO notifications SELECT 77, id, 'reply', id FROM comments WHERE status = 'published' AND id < 20000;
INSERT INTO notifications SELECT id % 50 + 1, id, 'reply', id FROM comments WHERE id < 20000;
INSERT INTO comment_tallies SELECT id, 'published', 0, 5 FROM users;
INSERT INTO api_keys WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    SELECT i, 'key' || i, 'editor', 'h' || i, 'bsk_', i, NULL, NULL, NULL, NULL, NULL, NULL, 'x', 1 FROM n;
INSERT INTO idempotency SELECT 'i' || id, 'h', 201, NULL, NULL, '{}', id, CASE WHEN id % 9 = 0 THEN id END FROM users;
";
