//! From an item of the file to what is to be stored: pure decisions, without the database.

use std::collections::{HashMap, HashSet};

use domain::article::{BODY_MAX_BYTES, SUMMARY_MAX, TAGS_MAX, TITLE_MAX};
use domain::comment::{self, AUTHOR_NAME_MAX, CommentStatus};
use domain::text::{BodyFormat, render};
use domain::{Slug, Timestamp};

use super::markup::escape;
use super::model::{Comment, Item, TermRef};
use super::paragraphs::paragraphs;
use super::report::Report;
use super::shortcode::{Dropped, expand};
use super::words;

/// The longest source id; a longer one is stored as its hash, because an index has to hold it.
const SOURCE_MAX: usize = 500;
/// The largest comment taken, in bytes. Blogs knew no limit of ours, so this one is generous.
const COMMENT_MAX_BYTES: usize = 64 * 1024;

/// What is to happen to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    /// It stays with the editors.
    Draft,
    /// Readers see it from this time on; `None` if the file gives no date.
    Publish(Option<Timestamp>),
}

/// A category or tag that an item names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) nicename: String,
    pub(super) name: String,
}

/// An article that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedArticle {
    pub(super) line: u64,
    pub(super) source: String,
    pub(super) title: String,
    pub(super) slug: Slug,
    pub(super) summary: Option<String>,
    /// In the order of the file.
    pub(super) categories: Vec<Term>,
    pub(super) tags: Vec<Term>,
    pub(super) author: String,
    pub(super) body: String,
    pub(super) closed: bool,
    pub(super) intent: Intent,
    pub(super) created_at: Option<Timestamp>,
    pub(super) comments: Vec<PlannedComment>,
}

/// A comment that is to be. A parent stands before its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlannedComment {
    pub(super) line: u64,
    pub(super) source: String,
    pub(super) parent: Option<String>,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) body: String,
    pub(super) status: CommentStatus,
    pub(super) at: Option<Timestamp>,
}

impl PlannedArticle {
    /// What the source says about the article, in one hash: the same hash, nothing to do.
    pub(super) fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        add(&self.title);
        add(self.slug.as_str());
        add(self.summary.as_deref().unwrap_or_default());
        add(&self.author);
        add(&self.body);
        add(if self.closed { "closed" } else { "" });
        for term in self.categories.iter().chain(&self.tags) {
            add(&term.nicename);
        }
        add(&self.categories.len().to_string());
        match self.intent {
            Intent::Draft => add("draft"),
            Intent::Publish(at) => add(&at.map(|at| at.to_string()).unwrap_or_default()),
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// Makes unique source ids out of the guids and numbers of one file.
#[derive(Debug, Default)]
pub(super) struct Sources {
    blog: String,
    guids: HashSet<[u8; 32]>,
}

impl Sources {
    /// The address of the blog, from here on. Its scheme does not count: blogs move to https.
    pub(super) fn set_blog(&mut self, address: &str) {
        let address = address.trim().trim_end_matches('/');
        let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
        bare.clone_into(&mut self.blog);
    }

    /// The source id of a category, tag or author.
    pub(super) fn term(&self, kind: &str, name: &str) -> String {
        bounded(format!("wxr:{}#{kind}-{name}", self.blog))
    }

    /// The guid, else the blog's address and the number of the post. Copies of a blog repeat
    /// guids: the second of two equals goes by its number, and so do not overwrite each other.
    fn item(&mut self, item: &Item, report: &mut Report) -> Option<String> {
        let numbered = (!item.post_id.is_empty())
            .then(|| bounded(format!("wxr:{}?p={}", self.blog, item.post_id)));
        if item.guid.is_empty() {
            return numbered;
        }
        if self.guids.insert(*blake3::hash(item.guid.as_bytes()).as_bytes()) {
            return Some(bounded(format!("wxr:{}", item.guid)));
        }
        report.note(
            item.line,
            format!("the guid {} stands in the file twice; this post goes by its number", item.guid),
        );
        numbered
    }
}

fn bounded(source: String) -> String {
    if source.len() <= SOURCE_MAX {
        source
    } else {
        format!("wxr:{}", blake3::hash(source.as_bytes()).to_hex())
    }
}

/// Decides about one item: an article, or a line in the report.
pub(super) fn plan(item: &Item, sources: &mut Sources, report: &mut Report) -> Option<PlannedArticle> {
    let intent = match intent(item) {
        Ok(intent) => intent,
        Err(why) => {
            report.leave_out(&why, item.line);
            for comment in &item.comments {
                report.leave_out("comment on something left out", comment.line);
            }
            return None;
        }
    };
    let Some(source) = sources.item(item, report) else {
        report.leave_out("post that cannot be told apart (no unique guid, no number)", item.line);
        return None;
    };
    let mut dropped = Dropped::default();
    let body = paragraphs(&expand(&words::without_controls(&item.content), &mut dropped));
    if item.oversized || body.len() > BODY_MAX_BYTES {
        report.leave_out("post larger than 1 MiB", item.line);
        return None;
    }
    note_dropped(item, dropped, report);
    let text = render(BodyFormat::Html, &body).text;
    let title = title(item, &text, report);
    Some(PlannedArticle {
        line: item.line,
        slug: slug(item, &title)?,
        title,
        summary: summary(item, report),
        categories: terms(&item.terms, &["category"]),
        tags: tags(item, report),
        author: item.creator.clone(),
        body,
        closed: item.comment_status == "closed",
        intent,
        created_at: date(item),
        comments: comments(item, &source, report),
        source,
    })
}

fn intent(item: &Item) -> Result<Intent, String> {
    if item.post_type != "post" {
        let kind = if item.post_type.is_empty() { "item of no type" } else { &item.post_type };
        return Err(words::line(kind, 60).0);
    }
    match item.status.as_str() {
        "trash" | "inherit" | "auto-draft" => Err(format!("post with status {}", item.status)),
        "publish" | "future" if item.password.is_empty() => Ok(Intent::Publish(date(item))),
        _ => Ok(Intent::Draft),
    }
}

fn date(item: &Item) -> Option<Timestamp> {
    words::time(&item.post_date_gmt)
        .or_else(|| words::time(&item.post_date))
        .or_else(|| words::rss_time(&item.pub_date))
}

fn note_dropped(item: &Item, dropped: Dropped, report: &mut Report) {
    for (count, what) in [(dropped.galleries, "gallery"), (dropped.players, "player")] {
        if count > 0 {
            report.note(
                item.line,
                format!("{count} {what} shortcode(s) left out of the body: attachments are not imported"),
            );
        }
    }
}

fn title(item: &Item, text: &str, report: &mut Report) -> String {
    let (title, cut) = words::line(&item.title, TITLE_MAX);
    if cut {
        report.note(item.line, format!("the title was cut at {TITLE_MAX} characters"));
    }
    if domain::article::parse_title(&title).is_ok() {
        return title;
    }
    words::first_words(text)
        .map(|words| words::line(&escape(&words), TITLE_MAX).0)
        .filter(|title| domain::article::parse_title(title).is_ok())
        .unwrap_or_else(|| "Untitled".to_owned())
}

fn summary(item: &Item, report: &mut Report) -> Option<String> {
    let (summary, cut) = words::text(&item.excerpt, SUMMARY_MAX);
    if cut {
        report.note(item.line, format!("the excerpt was cut at {SUMMARY_MAX} characters"));
    }
    domain::article::parse_summary(&summary).ok()
}

/// The last resort is a word that always makes a slug, so that `None` is not met in practice.
fn slug(item: &Item, title: &str) -> Option<Slug> {
    words::slug(&item.post_name)
        .or_else(|| Slug::from_title(title))
        .or_else(|| Slug::from_title(&format!("post {}", item.post_id)))
}

/// The terms of some domains, each once, in the order of the file.
fn terms(all: &[TermRef], domains: &[&str]) -> Vec<Term> {
    let mut seen = HashSet::new();
    all.iter()
        .filter(|term| domains.contains(&term.domain.as_str()))
        .map(|term| {
            let nicename =
                if term.nicename.is_empty() { term.name.clone() } else { term.nicename.clone() };
            Term { nicename, name: term.name.clone() }
        })
        .filter(|term| !term.nicename.is_empty() && seen.insert(term.nicename.clone()))
        .collect()
}

fn tags(item: &Item, report: &mut Report) -> Vec<Term> {
    let mut tags = terms(&item.terms, &["post_tag", "tag"]);
    if tags.len() > TAGS_MAX {
        report.note(
            item.line,
            format!("it has {} tags; an article has at most {TAGS_MAX}, the first were taken", tags.len()),
        );
        tags.truncate(TAGS_MAX);
    }
    tags
}

fn comments(item: &Item, article: &str, report: &mut Report) -> Vec<PlannedComment> {
    let by_id: HashMap<&str, &Comment> =
        item.comments.iter().map(|comment| (comment.id.as_str(), comment)).collect();
    let mut kept = Vec::new();
    for comment in &item.comments {
        match left_out(comment) {
            Some(why) => report.leave_out(&why, comment.line),
            None => kept.push(comment),
        }
    }
    let kept_ids: HashSet<&str> = kept.iter().map(|comment| comment.id.as_str()).collect();
    let mut planned: Vec<PlannedComment> = kept
        .into_iter()
        .map(|comment| {
            let parent = parent(comment, &by_id, &kept_ids, report);
            planned_comment(comment, parent, article)
        })
        .collect();
    parents_first(&mut planned);
    planned
}

fn left_out(comment: &Comment) -> Option<String> {
    match comment.kind.as_str() {
        "" | "comment" => {}
        "pingback" | "trackback" => return Some("ping (pingback or trackback)".to_owned()),
        other => return Some(format!("comment of type {}", words::line(other, 60).0)),
    }
    if matches!(comment.approved.as_str(), "trash" | "post-trashed") {
        return Some("comment in the trash".to_owned());
    }
    if comment.oversized || comment.content.len() > COMMENT_MAX_BYTES {
        return Some("comment larger than 64 KiB".to_owned());
    }
    comment.content.trim().is_empty().then(|| "comment without text".to_owned())
}

/// The nearest comment above that is taken. A reply to one that is not would hang in the air.
fn parent(
    comment: &Comment,
    by_id: &HashMap<&str, &Comment>,
    kept: &HashSet<&str>,
    report: &mut Report,
) -> Option<String> {
    let mut above = comment.parent.as_str();
    let mut steps = 0_usize;
    while !matches!(above, "" | "0") {
        if kept.contains(above) && above != comment.id {
            if above != comment.parent {
                report.note(comment.line, "the comment it answers is left out; it now answers the one above".into());
            }
            return Some(above.to_owned());
        }
        steps = steps.saturating_add(1);
        above = match by_id.get(above) {
            Some(next) if steps <= by_id.len() => next.parent.as_str(),
            _ => break,
        };
    }
    if !matches!(comment.parent.as_str(), "" | "0") {
        report.note(comment.line, "the comment it answers is left out or not in the file; it now begins a thread".into());
    }
    None
}

fn planned_comment(comment: &Comment, parent: Option<String>, article: &str) -> PlannedComment {
    let (name, _) = words::line(&comment.author, AUTHOR_NAME_MAX);
    let source = |id: &str| bounded(format!("{article}#comment-{id}"));
    let id = if comment.id.is_empty() {
        let unique = format!("{}\n{}\n{}", comment.author, comment.date, comment.content);
        blake3::hash(unique.as_bytes()).to_hex().to_string()
    } else {
        comment.id.clone()
    };
    PlannedComment {
        line: comment.line,
        source: source(&id),
        parent: parent.map(|parent| source(&parent)),
        name: comment::parse_author_name(&name).unwrap_or_else(|_| "Anonymous".to_owned()),
        email: comment::parse_author_email(&comment.author_email).ok(),
        body: paragraphs(&words::without_controls(&comment.content)),
        status: match comment.approved.as_str() {
            "1" | "approve" | "approved" => CommentStatus::Published,
            "spam" => CommentStatus::Spam,
            _ => CommentStatus::Held,
        },
        at: words::time(&comment.date_gmt).or_else(|| words::time(&comment.date)),
    }
}

/// Brings every parent before its children and otherwise keeps the order. Comments that answer
/// each other in a ring begin a thread where the ring is entered.
fn parents_first(comments: &mut Vec<PlannedComment>) {
    let mut waiting = std::mem::take(comments);
    let mut placed: HashSet<String> = HashSet::new();
    let mut children: HashMap<String, Vec<PlannedComment>> = HashMap::new();
    let known: HashSet<String> = waiting.iter().map(|comment| comment.source.clone()).collect();
    let mut roots = Vec::new();
    for comment in waiting.drain(..) {
        match comment.parent.clone().filter(|parent| known.contains(parent)) {
            Some(parent) => children.entry(parent).or_default().push(comment),
            None => roots.push(comment),
        }
    }
    loop {
        roots.reverse();
        while let Some(comment) = roots.pop() {
            if !placed.insert(comment.source.clone()) {
                continue;
            }
            let answers = children.remove(&comment.source).unwrap_or_default();
            roots.extend(answers.into_iter().rev());
            comments.push(comment);
        }
        let Some(ring) = children.keys().min().cloned() else { return };
        for mut comment in children.remove(&ring).unwrap_or_default() {
            comment.parent = comment.parent.filter(|parent| placed.contains(parent));
            roots.push(comment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post() -> Item {
        Item {
            line: 10,
            title: "Title".into(),
            guid: "https://blog.example/?p=1".into(),
            content: "Body".into(),
            post_id: "1".into(),
            post_date_gmt: "2012-01-03 17:11:37".into(),
            post_type: "post".into(),
            status: "publish".into(),
            post_name: "title".into(),
            ..Item::default()
        }
    }

    fn planned(item: &Item) -> (Option<PlannedArticle>, Report) {
        let mut report = Report::default();
        let mut sources = Sources::default();
        sources.set_blog("https://blog.example/");
        (plan(item, &mut sources, &mut report), report)
    }

    fn comment(id: &str, parent: &str) -> Comment {
        Comment {
            id: id.into(),
            parent: parent.into(),
            approved: "1".into(),
            content: "words".into(),
            ..Comment::default()
        }
    }

    #[test]
    fn statuses_become_intents() {
        let at = Some(Timestamp::parse("2012-01-03T17:11:37Z").unwrap());
        for (status, password, wanted) in [
            ("publish", "", Intent::Publish(at)),
            ("future", "", Intent::Publish(at)),
            ("publish", "secret", Intent::Draft),
            ("draft", "", Intent::Draft),
            ("pending", "", Intent::Draft),
            ("private", "", Intent::Draft),
            ("something-new", "", Intent::Draft),
        ] {
            let item = Item { status: status.into(), password: password.into(), ..post() };
            assert_eq!(planned(&item).0.unwrap().intent, wanted, "{status}");
        }
        for status in ["trash", "inherit", "auto-draft"] {
            let (article, report) = planned(&Item { status: status.into(), ..post() });
            assert_eq!(article, None);
            assert_eq!(report.left_out(&format!("post with status {status}")), 1);
        }
    }

    #[test]
    fn only_posts_are_taken_and_the_rest_is_counted() {
        for kind in ["page", "attachment", "nav_menu_item"] {
            let item = Item {
                post_type: kind.into(),
                comments: vec![comment("1", "0")],
                ..post()
            };
            let (article, report) = planned(&item);
            assert_eq!(article, None);
            assert_eq!(report.left_out(kind), 1);
            assert_eq!(report.left_out("comment on something left out"), 1);
        }
    }

    #[test]
    fn without_a_title_the_first_words_stand_in() {
        let item = Item { title: " ".into(), content: "<b>One</b> two\n\nthree".into(), ..post() };
        assert_eq!(planned(&item).0.unwrap().title, "One two three");
        let item = Item { title: String::new(), content: String::new(), ..post() };
        let article = planned(&item).0.unwrap();
        assert_eq!((article.title.as_str(), article.body.as_str()), ("Untitled", ""));
    }

    #[test]
    fn sources_are_guids_and_repeated_ones_go_by_number() {
        let mut sources = Sources::default();
        let mut report = Report::default();
        sources.set_blog("http://blog.example/");
        let first = plan(&post(), &mut sources, &mut report).unwrap();
        let second = plan(&Item { post_id: "2".into(), ..post() }, &mut sources, &mut report);
        let third = plan(
            &Item { guid: String::new(), post_id: "3".into(), ..post() },
            &mut sources,
            &mut report,
        );
        assert_eq!(first.source, "wxr:https://blog.example/?p=1");
        assert_eq!(second.unwrap().source, "wxr:blog.example?p=2");
        assert_eq!(third.unwrap().source, "wxr:blog.example?p=3");
        assert_eq!(report.notes().len(), 1);
        let nameless = Item { guid: String::new(), post_id: String::new(), ..post() };
        assert_eq!(plan(&nameless, &mut sources, &mut report), None);
    }

    #[test]
    fn parents_come_first_and_nobody_answers_the_trash() {
        let mut trashed = comment("2", "1");
        trashed.approved = "trash".into();
        let mut ping = comment("9", "0");
        ping.kind = "pingback".into();
        let mut held = comment("5", "4");
        held.approved = "0".into();
        let item = Item {
            comments: vec![
                held,
                comment("4", "3"),
                comment("3", "2"),
                trashed,
                comment("1", "0"),
                ping,
                comment("6", "77"),
            ],
            ..post()
        };
        let (article, report) = planned(&item);
        let comments = article.unwrap().comments;
        let chain: Vec<(&str, Option<&str>)> = comments
            .iter()
            .map(|comment| {
                let id = |source: &'_ str| source.rfind('-').map_or(0, |at| at + 1);
                let own = &comment.source[id(&comment.source)..];
                (own, comment.parent.as_deref().map(|parent| &parent[id(parent)..]))
            })
            .collect();
        assert_eq!(
            chain,
            [("1", None), ("3", Some("1")), ("4", Some("3")), ("5", Some("4")), ("6", None)]
        );
        assert_eq!(comments[3].status, CommentStatus::Held);
        assert_eq!(report.left_out("comment in the trash"), 1);
        assert_eq!(report.left_out("ping (pingback or trackback)"), 1);
        assert_eq!(report.notes().len(), 2);
    }

    #[test]
    fn a_ring_of_answers_becomes_a_thread() {
        let item = Item { comments: vec![comment("1", "2"), comment("2", "1")], ..post() };
        let comments = planned(&item).0.unwrap().comments;
        assert_eq!(comments.len(), 2);
        assert_eq!(comments.iter().filter(|comment| comment.parent.is_none()).count(), 1);
    }

    #[test]
    fn the_hash_follows_what_the_source_says() {
        let hash = |item: &Item| planned(item).0.unwrap().hash();
        assert_eq!(hash(&post()), hash(&post()));
        assert_ne!(hash(&post()), hash(&Item { content: "Other".into(), ..post() }));
        assert_ne!(hash(&post()), hash(&Item { status: "draft".into(), ..post() }));
        let more = Item { comments: vec![comment("1", "0")], ..post() };
        assert_eq!(hash(&post()), hash(&more));
    }
}
