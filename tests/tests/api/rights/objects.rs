//! What is called upon: things in every state, one's own and other people's.

/// What has become of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    Draft,
    /// Its time has not come.
    Scheduled,
    Published,
    /// Its time is over.
    Ended,
    Unpublished,
    TakenDown,
}

/// What has become of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    Published,
    Held,
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// The caller's.
    Own,
    Foreign,
}

/// What a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Object {
    /// The path names nothing.
    Nothing,
    /// An id that nothing has.
    Random,
    /// A section, an author, a tag or a rule.
    There,
    Article(Stage, Whose),
    /// A link to a revision of an article of which this has become.
    Preview(Stage),
    Comment(Fate),
    /// A published comment under an article of which this has become.
    UnderArticle(Stage),
    /// An account, a session or an API key.
    Theirs(Whose),
}

use Stage::{Draft, Ended, Published, Scheduled, TakenDown, Unpublished};
use Whose::{Foreign, Own};

const ARTICLES: [Object; 9] = [
    Object::Random,
    Object::Article(Draft, Own),
    Object::Article(Published, Own),
    Object::Article(Draft, Foreign),
    Object::Article(Scheduled, Foreign),
    Object::Article(Published, Foreign),
    Object::Article(Ended, Foreign),
    Object::Article(Unpublished, Foreign),
    Object::Article(TakenDown, Foreign),
];
const PREVIEWS: [Object; 7] = [
    Object::Random,
    Object::Preview(Draft),
    Object::Preview(Scheduled),
    Object::Preview(Published),
    Object::Preview(Ended),
    Object::Preview(Unpublished),
    Object::Preview(TakenDown),
];
const COMMENTS: [Object; 7] = [
    Object::Random,
    Object::Comment(Fate::Published),
    Object::Comment(Fate::Held),
    Object::Comment(Fate::Deleted),
    Object::UnderArticle(Unpublished),
    Object::UnderArticle(TakenDown),
    Object::UnderArticle(Ended),
];
const PEOPLES: [Object; 3] = [Object::Random, Object::Theirs(Own), Object::Theirs(Foreign)];

/// Every state of what a path names, the id that nothing has first.
///
/// # Panics
/// When the path names a new kind of thing.
pub(super) fn states(path: &str) -> &'static [Object] {
    match parameter(path) {
        None => &[Object::Nothing],
        Some("article") => &ARTICLES,
        Some("token") => &PREVIEWS,
        Some("comment") => &COMMENTS,
        Some("section" | "author" | "tag" | "address" | "rule" | "ban") => {
            &[Object::Random, Object::There]
        }
        Some("user" | "session" | "key") => &PEOPLES,
        Some(other) => panic!("{path}: in what states can a {other} be? Say it here"),
    }
}

pub(super) fn parameter(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once('{')?;
    rest.split('}').next()
}
