//! The file that comments are exported to and imported from: JSON Lines.
//!
//! The first line says what it is, every further one is a comment with all that is known of it. What is
//! not in it: network addresses, which nobody has; reports, notes and the history of decisions. E-mail
//! addresses of guests are in it only if that is asked for.

use domain::Timestamp;
use domain::comment::{AuthorKind, CommentStatus, Desk, Finding, Reason, Vote, Votes};
use domain::id::{ArticleId, CommentId, RuleId, UserId};
use domain::{Invalid, Slug};
use serde::{Deserialize, Serialize};
use storage::comments::{Case, Exported};

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) format: String,
    pub(crate) version: u32,
    pub(crate) exported_at: String,
}

/// What [`Header::format`] is.
const FORMAT: &str = "broadsheet-comments";
/// Files of a later version are refused: what they mean is not known.
const VERSION: u32 = 1;

impl Header {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            exported_at: now.to_string(),
        }
    }

    /// Why this is not a file that can be imported, if it is none.
    pub(crate) fn fault(&self) -> Option<String> {
        if self.format != FORMAT {
            return Some("this is not an export of comments".to_owned());
        }
        (self.version > VERSION).then(|| {
            format!(
                "this export is of version {}, and this program knows versions up to {VERSION}",
                self.version
            )
        })
    }
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    id: String,
    article: ArticleOf,
    parent_id: Option<String>,
    in_reply_to_id: Option<String>,
    author: AuthorOf,
    /// As it was written.
    source: String,
    html: String,
    status: String,
    votes: VotesOn,
    pinned: bool,
    featured: bool,
    ordinal: i64,
    created_at: String,
    edited_at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    imported_as: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<CaseOf>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ArticleOf {
    id: String,
    slug: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AuthorOf {
    kind: String,
    name: String,
    user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct VotesOn {
    up: i64,
    down: i64,
    /// Whose votes they are: an account, and 1 or -1.
    by: Vec<(String, i64)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct CaseOf {
    desk: Option<String>,
    opened_at: String,
    reason: Option<String>,
    rule_id: Option<String>,
    spans: Vec<(u32, u32)>,
    shielded: bool,
    status_before: Option<String>,
    decided_by: Option<String>,
    decided_at: Option<String>,
}

/// A line, read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parsed {
    pub(crate) id: CommentId,
    pub(crate) article: ArticleId,
    pub(crate) slug: Option<Slug>,
    /// What it answers.
    pub(crate) parent: Option<CommentId>,
    pub(crate) author_kind: AuthorKind,
    pub(crate) author_name: String,
    pub(crate) user: Option<UserId>,
    pub(crate) email: Option<String>,
    pub(crate) source: String,
    /// Not to be trusted.
    pub(crate) html: String,
    pub(crate) status: CommentStatus,
    pub(crate) votes: Votes,
    pub(crate) voters: Vec<(UserId, Vote)>,
    pub(crate) pinned: bool,
    pub(crate) featured: bool,
    pub(crate) ordinal: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) imported_as: Option<String>,
    pub(crate) case: Option<Case>,
}

impl Line {
    /// The line of a comment.
    pub(crate) fn of(exported: Exported, emails: bool) -> Self {
        let Exported {
            own,
            ordinal,
            source,
            slug,
            voters,
        } = exported;
        let comment = own.comment;
        Self {
            id: comment.id.to_string(),
            article: ArticleOf {
                id: comment.article_id.to_string(),
                slug,
            },
            parent_id: comment.parent_id.map(|id| id.to_string()),
            in_reply_to_id: comment.in_reply_to_id.map(|id| id.to_string()),
            author: AuthorOf {
                kind: comment.author_kind.to_string(),
                name: comment.author_name,
                user_id: comment.user.map(|id| id.to_string()),
                email: own.email.filter(|_| emails),
            },
            source: own.source,
            html: comment.body_html,
            status: comment.status.to_string(),
            votes: VotesOn {
                up: comment.up,
                down: comment.down,
                by: voters
                    .into_iter()
                    .map(|(user, vote)| (user.to_string(), vote.number()))
                    .collect(),
            },
            pinned: comment.pinned,
            featured: comment.featured,
            ordinal,
            created_at: comment.created_at.to_string(),
            edited_at: comment.edited_at.map(|at| at.to_string()),
            imported_as: source,
            case: own.case.map(CaseOf::of),
        }
    }

    /// Checks every field: a file may have been written by anybody.
    pub(crate) fn parse(self) -> Result<Parsed, Invalid> {
        let at = |field: &'static str| move |invalid: Invalid| invalid.at(field);
        let answered = self.in_reply_to_id.or(self.parent_id);
        let parent = answered.as_deref().map(CommentId::parse).transpose();
        let user = self.author.user_id.as_deref().map(UserId::parse);
        let edited_at = self.edited_at.as_deref().map(Timestamp::parse);
        let voters = self.votes.by.iter().map(|(user, value)| {
            let vote = Vote::of(*value).map_err(at("votes"))?;
            Ok((UserId::parse(user).map_err(at("votes"))?, vote))
        });
        let email = self.author.email.as_deref();
        let email = email.map(domain::comment::parse_author_email);
        Ok(Parsed {
            id: CommentId::parse(&self.id).map_err(at("id"))?,
            article: ArticleId::parse(&self.article.id).map_err(at("article"))?,
            slug: Slug::parse(&self.article.slug).ok(),
            parent: parent.map_err(at("parent_id"))?,
            author_kind: AuthorKind::parse(&self.author.kind).map_err(at("author"))?,
            author_name: self.author.name,
            user: user.transpose().map_err(at("author"))?,
            email: email.transpose()?,
            source: self.source,
            html: self.html,
            status: CommentStatus::parse(&self.status).map_err(at("status"))?,
            votes: Votes {
                up: self.votes.up.max(0),
                down: self.votes.down.max(0),
            },
            voters: voters.collect::<Result<_, Invalid>>()?,
            pinned: self.pinned,
            featured: self.featured,
            ordinal: self.ordinal,
            created_at: Timestamp::parse(&self.created_at).map_err(at("created_at"))?,
            edited_at: edited_at.transpose().map_err(at("edited_at"))?,
            imported_as: self.imported_as,
            case: self
                .case
                .map(CaseOf::parse)
                .transpose()
                .map_err(at("case"))?,
        })
    }
}

impl CaseOf {
    fn of(case: Case) -> Self {
        let finding = case.finding.as_ref();
        Self {
            desk: case.desk.map(|desk| desk.to_string()),
            opened_at: case.opened_at.to_string(),
            reason: finding.map(|finding| finding.reason.to_string()),
            rule_id: finding
                .and_then(|finding| finding.rule)
                .map(|rule| rule.to_string()),
            spans: case
                .finding
                .map(|finding| finding.spans)
                .unwrap_or_default(),
            shielded: case.shielded,
            status_before: case.before.map(|status| status.to_string()),
            decided_by: case.decided_by,
            decided_at: case.decided_at.map(|at| at.to_string()),
        }
    }

    /// Reports are not taken along, so none is open.
    fn parse(self) -> Result<Case, Invalid> {
        let reason = self.reason.as_deref().map(Reason::parse).transpose()?;
        let rule = self.rule_id.as_deref().map(RuleId::parse).transpose()?;
        let before = self.status_before.as_deref().map(CommentStatus::parse);
        Ok(Case {
            desk: self.desk.as_deref().map(Desk::parse).transpose()?,
            opened_at: Timestamp::parse(&self.opened_at)?,
            finding: reason.map(|reason| Finding {
                reason,
                rule,
                spans: self.spans,
            }),
            reports: 0,
            weight: 0,
            shielded: self.shielded,
            before: before.transpose()?,
            decided_by: self.decided_by,
            decided_at: self
                .decided_at
                .as_deref()
                .map(Timestamp::parse)
                .transpose()?,
        })
    }
}
