//! Comments: what is refused, how threads hang together, and that counters are right.

use domain::comment::{
    AuthorKind, CommentSetting, CommentStatus, Finding, Level, Options, Reason,
    STANDS_AFTER_SECONDS,
};
use domain::id::{ArticleId, CommentId, UserId};
use domain::{Limit, Role};
use storage::Page;
use storage::articles;
use storage::comments::{self, Case, Comment, NewComment, Refusal, Root, Sort, ThreadQuery};
use storage::published::Key;

use crate::accounts::create;
use crate::news::{News, at, comment, on_both};

/// `None` for an article that is not there.
fn post(news: &News, article: i64, comment: NewComment) -> Option<Result<Comment, Refusal>> {
    let article = Key::Id(ArticleId::from_raw(article));
    news.write(move |tx| {
        let place = comments::place_for(tx, &article, comment.parent)?;
        place
            .map(|place| comments::insert(tx, &place, &comment))
            .transpose()
    })
}

fn posted(news: &News, id: i64, article: i64, parent: Option<i64>) -> Comment {
    post(news, article, comment(id, parent)).unwrap().unwrap()
}

fn count(news: &News, article: i64) -> Option<i64> {
    let id = ArticleId::from_raw(article);
    news.read(move |conn| comments::counts(conn, &[id], at(9_999_999)))
        .get(&id)
        .copied()
}

fn get(news: &News, id: i64) -> Option<Comment> {
    news.read(move |conn| comments::get(conn, CommentId::from_raw(id), at(9_999_999)))
}

fn raw(comments: &[Comment]) -> Vec<i64> {
    comments.iter().map(|comment| comment.id.raw()).collect()
}

#[test]
fn a_comment_is_stored_as_it_is_answered() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        let root = posted(news, 100, 1, None);
        assert_eq!(
            (root.depth, root.root_id, root.parent_id),
            (0, root.id, None)
        );
        let reply = posted(news, 101, 1, Some(100));
        assert_eq!((reply.depth, reply.parent_id), (1, Some(root.id)));
        assert_eq!(get(news, 101), Some(reply));
        assert_eq!(
            get(news, 100),
            Some(Comment {
                reply_count: 1,
                ..root
            })
        );
        assert_eq!(count(news, 1), Some(2));
        assert_eq!(count(news, 99), None);
    });
}

#[test]
fn what_may_not_be_posted_stores_nothing() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        news.publish(2, 2, 1_000);
        news.publish(3, 2, 1_000_001);
        news.write(|tx| articles::create(tx, &crate::news::article(5, 2)));
        posted(news, 100, 1, None);
        let held = NewComment {
            status: CommentStatus::Held,
            finding: Some(Finding::of(Reason::Premoderation)),
            ..comment(101, None)
        };
        let waits = post(news, 1, held).unwrap().unwrap();
        assert_eq!(waits.status, CommentStatus::Held);
        for (article, comment, refusal) in [
            (99, comment(200, None), None),
            (3, comment(200, None), None),
            (5, comment(200, None), None),
            (1, comment(200, Some(999)), Some(Refusal::ParentNotFound)),
            (2, comment(200, Some(100)), Some(Refusal::ParentElsewhere)),
            (
                1,
                comment(200, Some(101)),
                Some(Refusal::ParentNotPublished),
            ),
        ] {
            let outcome = post(news, article, comment);
            assert_eq!(outcome, refusal.map(Err), "{article}");
            assert_eq!(get(news, 200), None);
        }
        assert_eq!(get(news, 101), None);
        assert_eq!((count(news, 1), count(news, 2)), (Some(1), Some(0)));
    });
}

#[test]
fn what_the_article_says_is_known_before_a_comment_is_judged() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        news.publish_as(2, 2, 1_000, |content| {
            content.comments = CommentSetting::Closed;
            content.comment_options.min_words = Some(3);
        });
        let place = |article: i64| {
            let article = Key::Id(ArticleId::from_raw(article));
            let place = news.write(move |tx| comments::place_for(tx, &article, None));
            place.map(|place| (place.section.raw(), place.level, place.published_at))
        };
        let level = |comments, min_words| Level {
            comments,
            options: Options {
                min_words,
                ..Options::default()
            },
        };
        let silent = level(CommentSetting::Inherit, None);
        assert_eq!(place(1), Some((2, silent, at(1_000))));
        let closed = level(CommentSetting::Closed, Some(3));
        assert_eq!(place(2), Some((2, closed, at(1_000))));
        assert_eq!(place(3), None);
    });
}

#[test]
fn what_was_let_stand_speaks_for_its_author() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        create(news, 7, Role::Reader);
        let posted_at = at(1_000_000);
        let stood = |seconds: i64| {
            let now = posted_at.plus_seconds(seconds);
            news.read(move |conn| comments::has_stood(conn, UserId::from_raw(7), now))
        };
        let by_member = |id, status| NewComment {
            author_kind: AuthorKind::Member,
            user: Some(UserId::from_raw(7)),
            status,
            ..comment(id, None)
        };
        assert!(!stood(1_000_000));
        for id in [100, 101] {
            let held = by_member(id, CommentStatus::Held);
            post(news, 1, held).unwrap().unwrap();
        }
        assert!(!stood(1_000_000));
        let published = by_member(102, CommentStatus::Published);
        let posted = post(news, 1, published).unwrap().unwrap();
        assert_eq!(posted.created_at, posted_at);
        assert!(!stood(STANDS_AFTER_SECONDS - 1));
        assert!(stood(STANDS_AFTER_SECONDS));
        // What a moderator approved stands at once.
        news.write(|tx| {
            let case = Case {
                decided_at: Some(tx.now()),
                ..Case::new(tx.now())
            };
            comments::put_case(tx, CommentId::from_raw(102), &case)
        });
        assert!(stood(1));
        let nobody = news.read(|conn| comments::has_stood(conn, UserId::from_raw(8), at(0)));
        assert!(!nobody);
    });
}

#[test]
fn threads_end_at_the_deepest_level() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        posted(news, 100, 1, None);
        for id in 101..=112 {
            let reply = posted(news, id, 1, Some(id - 1));
            assert_eq!(reply.depth, i32::try_from(id - 100).unwrap().min(9));
            assert_eq!(reply.root_id.raw(), 100);
            assert_eq!(reply.in_reply_to_id.is_some(), id > 109);
        }
        assert_eq!(get(news, 108).unwrap().reply_count, 4);
        assert_eq!(count(news, 1), Some(13));
    });
}

/// Five roots, the n-th with n replies: 100 with 101, …, 500 with 501 to 505.
fn five_threads(news: &News) -> ThreadQuery {
    news.furnish();
    news.publish(1, 2, 1_000);
    for root in 1..=5 {
        posted(news, root * 100, 1, None);
        for reply in 1..=root {
            posted(news, root * 100 + reply, 1, Some(root * 100));
        }
    }
    ThreadQuery {
        article: ArticleId::from_raw(1),
        sort: Sort::Newest,
        after: None,
        limit: Limit::new(2).unwrap(),
        replies: 3,
    }
}

fn thread(news: &News, query: ThreadQuery) -> Page<Root> {
    news.read(move |conn| comments::thread(conn, &query))
}

#[test]
fn a_thread_is_read_page_by_page_with_first_replies() {
    on_both(|news| {
        let query = five_threads(news);
        let page = thread(news, query);
        let roots: Vec<i64> = page
            .items
            .iter()
            .map(|root| root.comment.id.raw())
            .collect();
        assert_eq!((roots, page.more), (vec![500, 400], true));
        assert_eq!(raw(&page.items[0].replies), [501, 502, 503]);
        assert!(page.items[0].more_replies);
        let page = thread(
            news,
            ThreadQuery {
                sort: Sort::Oldest,
                after: Some(200),
                limit: Limit::default(),
                ..query
            },
        );
        assert_eq!(page.items.len(), 3);
        assert_eq!(raw(&page.items[0].replies), [301, 302, 303]);
        assert!(!page.items[0].more_replies && !page.more);
        let page = thread(
            news,
            ThreadQuery {
                replies: 0,
                ..query
            },
        );
        assert!(page.items[0].replies.is_empty() && page.items[0].more_replies);
    });
}

#[test]
fn flat_lists_go_on_where_they_stopped() {
    on_both(|news| {
        five_threads(news);
        let (root, last) = (CommentId::from_raw(500), CommentId::from_raw(502));
        let two = Limit::new(2).unwrap();
        let replies = news
            .read(move |conn| comments::replies(conn, root, Sort::Oldest, Some(last.raw()), two));
        assert_eq!((raw(&replies.items), replies.more), (vec![503, 504], true));
        let newest = news.read(move |conn| comments::newest(conn, None, two, at(9_999)));
        assert_eq!(raw(&newest.items), [505, 504]);
        let hidden = news.read(move |conn| comments::newest(conn, None, two, at(999)));
        assert!(hidden.items.is_empty());
        let comment = news.read(move |conn| comments::get(conn, root, at(999)));
        assert_eq!(comment, None);
    });
}

#[test]
fn counters_are_right_when_everybody_answers_at_once() {
    on_both(|news| {
        news.furnish();
        news.publish(1, 2, 1_000);
        posted(news, 100, 1, None);
        std::thread::scope(|scope| {
            for writer in 1..=8 {
                scope.spawn(move || {
                    for n in 0..10 {
                        posted(news, writer * 1_000 + n, 1, Some(100));
                    }
                });
            }
        });
        assert_eq!(get(news, 100).unwrap().reply_count, 80);
        assert_eq!(count(news, 1), Some(81));
    });
}
