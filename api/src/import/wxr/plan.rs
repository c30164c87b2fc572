//! From an item of the file to what is to be stored: pure decisions, without the database.

use std::collections::HashSet;

use domain::article::{BODY_MAX_BYTES, SUMMARY_MAX, Source, TAGS_MAX, TITLE_MAX};
use domain::text::{BodyFormat, Readings, Rendered};
use domain::{Slug, Timestamp};

use super::markup::escape;
use super::model::{Item, TermRef};
use super::paragraphs::paragraphs;
use super::replies::{PlannedComment, comments};
use super::shortcode::{Dropped, expand};
use super::sources::Sources;
use crate::import::report::Report;
use crate::import::words;

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
    pub(super) body: Source,
    /// The body as it is served: made here, because no other write goes on beside a transaction.
    pub(super) rendered: Rendered,
    pub(super) closed: bool,
    pub(super) intent: Intent,
    pub(super) created_at: Option<Timestamp>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) comments: Vec<PlannedComment>,
}

impl PlannedArticle {
    /// What the source says about the article, in one hash: the same hash, nothing to do.
    pub(super) fn hash(&self, language: &str) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        add(language);
        add(&self.title);
        add(self.slug.as_str());
        add(self.summary.as_deref().unwrap_or_default());
        add(&self.author);
        add(&self.body.source);
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

/// Decides about one item: an article, or a line in the report.
pub(super) fn plan(
    item: &Item,
    sources: &mut Sources,
    report: &mut Report,
) -> Option<PlannedArticle> {
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
        report.leave_out(
            "post that cannot be told apart (no unique guid, no number)",
            item.line,
        );
        return None;
    };
    let mut dropped = Dropped::default();
    let body = paragraphs(&expand(
        &words::without_controls(&item.content),
        &mut dropped,
    ));
    if item.oversized || body.len() > BODY_MAX_BYTES {
        report.leave_out("post larger than 1 MiB", item.line);
        return None;
    }
    note_dropped(item, dropped, report);
    let body = source_of(&body);
    let rendered = body.render();
    let title = title(item, &rendered.text, report);
    Some(PlannedArticle {
        line: item.line,
        slug: slug(item, &title)?,
        title,
        summary: summary(item, report),
        categories: terms(&item.terms, &["category"]),
        tags: tags(item, report),
        // Exports mended by hand leave brackets behind; no login has any.
        author: item
            .creator
            .trim_matches(['<', '>', '[', ']', ' '])
            .to_owned(),
        body,
        rendered,
        closed: item.comment_status == "closed",
        intent,
        created_at: date(item),
        modified_at: words::time(&item.post_modified_gmt),
        comments: comments(item, &source, report),
        source,
    })
}

/// A post may be empty; our own articles may not, so the check of those is not asked then.
fn source_of(html: &str) -> Source {
    Source::new(BodyFormat::Html, html, Readings::Ruby).unwrap_or_else(|_| Source {
        format: BodyFormat::Html,
        source: String::new(),
        readings: Readings::Ruby,
    })
}

fn intent(item: &Item) -> Result<Intent, String> {
    if item.post_type != "post" {
        let kind = if item.post_type.is_empty() {
            "item of no type"
        } else {
            &item.post_type
        };
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
    for (count, one, many) in [
        (dropped.galleries, "gallery", "galleries"),
        (dropped.players, "player", "players"),
    ] {
        if count > 0 {
            let what = if count == 1 { one } else { many };
            report.note(
                item.line,
                format!(
                    "{count} {what} left out of the body, because attachments are not imported"
                ),
            );
        }
    }
}

fn title(item: &Item, text: &str, report: &mut Report) -> String {
    let (title, cut) = words::line(&item.title, TITLE_MAX);
    if cut {
        report.note(
            item.line,
            format!("the title was cut at {TITLE_MAX} characters"),
        );
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
        report.note(
            item.line,
            format!("the excerpt was cut at {SUMMARY_MAX} characters"),
        );
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
            let nicename = if term.nicename.is_empty() {
                term.name.clone()
            } else {
                term.nicename.clone()
            };
            Term {
                nicename,
                name: term.name.clone(),
            }
        })
        .filter(|term| !term.nicename.is_empty() && seen.insert(term.nicename.clone()))
        .collect()
}

fn tags(item: &Item, report: &mut Report) -> Vec<Term> {
    let mut tags = terms(&item.terms, &["post_tag", "tag"]);
    if tags.len() > TAGS_MAX {
        report.note(
            item.line,
            format!(
                "it has {} tags; an article has at most {TAGS_MAX}, the first were taken",
                tags.len()
            ),
        );
        tags.truncate(TAGS_MAX);
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::super::model::Comment;
    use super::*;
    use domain::comment::CommentStatus;

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
            let item = Item {
                status: status.into(),
                password: password.into(),
                ..post()
            };
            assert_eq!(planned(&item).0.unwrap().intent, wanted, "{status}");
        }
        for status in ["trash", "inherit", "auto-draft"] {
            let (article, report) = planned(&Item {
                status: status.into(),
                ..post()
            });
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
        let item = Item {
            title: " ".into(),
            content: "<b>One</b> two\n\nthree".into(),
            ..post()
        };
        assert_eq!(planned(&item).0.unwrap().title, "One two three");
        let item = Item {
            title: String::new(),
            content: String::new(),
            ..post()
        };
        let article = planned(&item).0.unwrap();
        assert_eq!(
            (article.title.as_str(), article.body.source.as_str()),
            ("Untitled", "")
        );
    }

    #[test]
    fn sources_are_guids_and_repeated_ones_go_by_number() {
        let mut sources = Sources::default();
        let mut report = Report::default();
        sources.set_blog("http://blog.example/");
        let first = plan(&post(), &mut sources, &mut report).unwrap();
        let second = plan(
            &Item {
                post_id: "2".into(),
                ..post()
            },
            &mut sources,
            &mut report,
        );
        let third = plan(
            &Item {
                guid: String::new(),
                post_id: "3".into(),
                ..post()
            },
            &mut sources,
            &mut report,
        );
        assert_eq!(first.source, "wxr:https://blog.example/?p=1");
        assert_eq!(second.unwrap().source, "wxr:blog.example?p=2");
        assert_eq!(third.unwrap().source, "wxr:blog.example?p=3");
        assert_eq!(report.notes().len(), 1);
        let nameless = Item {
            guid: String::new(),
            post_id: String::new(),
            ..post()
        };
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
        let chain: Vec<(String, Option<String>)> = comments
            .iter()
            .map(|comment| {
                let id = |source: &'_ str| source.rsplit('-').next().unwrap_or_default().to_owned();
                (id(&comment.source), comment.parent.as_deref().map(id))
            })
            .collect();
        let wanted = [
            ("1", None),
            ("3", Some("1")),
            ("4", Some("3")),
            ("5", Some("4")),
            ("6", None),
        ]
        .map(|(own, parent): (&str, Option<&str>)| (own.to_owned(), parent.map(str::to_owned)));
        assert_eq!(chain, wanted);
        assert_eq!(comments[3].status, CommentStatus::Held);
        assert_eq!(report.left_out("comment in the trash"), 1);
        assert_eq!(report.left_out("ping (pingback or trackback)"), 1);
        assert_eq!(report.notes().len(), 2);
    }

    #[test]
    fn a_ring_of_answers_becomes_a_thread() {
        let item = Item {
            comments: vec![comment("1", "2"), comment("2", "1")],
            ..post()
        };
        let comments = planned(&item).0.unwrap().comments;
        assert_eq!(comments.len(), 2);
        assert_eq!(
            comments
                .iter()
                .filter(|comment| comment.parent.is_none())
                .count(),
            1
        );
    }

    #[test]
    fn the_hash_follows_what_the_source_says() {
        let hash = |item: &Item| planned(item).0.unwrap().hash("en");
        assert_eq!(hash(&post()), hash(&post()));
        assert_ne!(
            hash(&post()),
            hash(&Item {
                content: "Other".into(),
                ..post()
            })
        );
        assert_ne!(
            hash(&post()),
            hash(&Item {
                status: "draft".into(),
                ..post()
            })
        );
        let more = Item {
            comments: vec![comment("1", "0")],
            ..post()
        };
        assert_eq!(hash(&post()), hash(&more));
    }
}
