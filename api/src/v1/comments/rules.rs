//! What the rules of the site say about a text: by itself, and with what is known of whoever wrote
//! it.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};

use domain::Timestamp;
use domain::comment::rules::{Draft, Facts, Flood, FloodPer, Rules, gist};
use domain::comment::{AuthorKind, Verdict};
use domain::id::CommentId;
use domain::text::links;
use openapi::Code;
use storage::{Tx, comments, users::User};

use super::judge::Text;
use crate::error::ApiError;
use crate::limits::posted::{Before, Place};
use crate::state::App;

/// A text with what the rules find in it by itself. That takes time for each character and asks
/// nobody anything, so it is done before a transaction begins.
#[derive(Debug, Clone)]
pub(super) struct Read {
    rules: Arc<Rules>,
    verdict: Verdict,
    /// What it has in common with others that say the same; empty if no rule asks.
    gist: String,
}

/// Who wants to have a text somewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer<'a> {
    /// In what quality.
    pub(super) kind: AuthorKind,
    /// The account; none for guests.
    pub(super) account: Option<&'a User>,
    /// Whether the comment is new, and how it then counts.
    pub(super) text: Submission<'a>,
}

/// What is submitted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Submission<'a> {
    /// A new comment, which counts for the network it comes from.
    New {
        /// The address; none where many people post through one program.
        address: Option<IpAddr>,
        /// Where it is counted, once for all tries to store it.
        place: &'a Place,
    },
    /// Another text for a comment. It counts for nothing, and does not repeat itself.
    Changed(CommentId),
}

impl Read {
    /// Reads a text by the rules in force.
    pub(super) fn new(app: &App, text: &Text, guest_name: Option<&str>) -> Self {
        let rules = app.site.rules();
        let draft = Draft {
            text: &text.plain,
            links: &links(&text.html),
            guest_name,
        };
        let compared = rules.needs().repeat_within.is_some();
        Self {
            verdict: rules.judge_text(&draft),
            gist: if compared {
                gist(&text.plain)
            } else {
                String::new()
            },
            rules,
        }
    }

    /// What becomes of the text by all rules. What they ask for is looked up, and nothing else:
    /// with one statement at most. A new comment is counted on the way.
    ///
    /// # Errors
    /// 429 where it is one comment too many.
    pub(super) fn judge(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        writer: Writer<'_>,
    ) -> Result<Verdict, ApiError> {
        let now = tx.now();
        let by_author = self.said_by_author(tx, app, writer)?;
        let from_network = match writer.text {
            Submission::New {
                address: Some(address),
                place,
            } => self.said_from_network(app, address, place, now)?,
            Submission::New { .. } | Submission::Changed(_) => None,
        };
        let ago = |at| whole_seconds(at, now);
        let facts = Facts {
            account_age: writer.account.map(|user| ago(user.created_at)),
            same_said: by_author.max(from_network).map(ago),
        };
        Ok(self.verdict.clone().worse(self.rules.judge_facts(&facts)))
    }

    /// When the account last said the same.
    fn said_by_author(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        writer: Writer<'_>,
    ) -> Result<Option<Timestamp>, ApiError> {
        let (now, needs) = (tx.now(), self.rules.needs());
        let changed = match writer.text {
            Submission::New { .. } => None,
            Submission::Changed(id) => Some(id),
        };
        let compared = needs.repeat_within.is_some();
        let counted = changed.is_none() && app.limits.are_on() && needs.recent_by_author.is_some();
        let Some(user) = writer.account.filter(|_| compared || counted) else {
            return Ok(None);
        };
        let since = now.plus_seconds(-needs.seconds_by_author());
        let said = comments::latest_of(tx, user.id, since, compared)?;
        if counted {
            let times: Vec<_> = said.iter().map(|said| said.id.at()).collect();
            let flood = self.rules.flood(FloodPer::Author, &times, now);
            flood.map_or(Ok(()), |flood| Err(one_too_many(flood)))?;
        }
        let same = said
            .iter()
            .filter(|said| compared && Some(said.id) != changed)
            .find(|said| gist(&said.text) == self.gist);
        Ok(same.map(|said| said.id.at()))
    }

    /// When the same was last said from the network; the comment counts for it from now on, unless
    /// it is not stored in the end.
    fn said_from_network(
        &self,
        app: &App,
        address: IpAddr,
        place: &Place,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, ApiError> {
        let seconds = self.rules.needs().seconds_by_address();
        if seconds == 0 {
            return Ok(None);
        }
        let fits = |before: &Before| {
            let flood = self.rules.flood(FloodPer::Address, &before.times, now);
            flood.filter(|_| app.limits.are_on()).map_or(Ok(()), Err)
        };
        let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
        // A try that failed has given its place back.
        *place = None;
        let taken = app.posted.take(address, &self.gist, now, seconds, fits);
        let (ticket, before) = taken.map_err(one_too_many)?;
        *place = Some(ticket);
        Ok(before.same_at)
    }
}

fn whole_seconds(at: Timestamp, now: Timestamp) -> i64 {
    let millis = now.as_millis().saturating_sub(at.as_millis());
    millis.max(0).div_euclid(1000)
}

/// 429: as with every other limit, there is leave for another one after a while.
fn one_too_many(flood: Flood) -> ApiError {
    let Flood {
        comments,
        seconds,
        retry_after,
        ..
    } = flood;
    let whose = match flood.per {
        FloodPer::Author => "an account",
        FloodPer::Address => "everybody at your network address together",
    };
    let detail = format!(
        "There are {comments} comments in {seconds} seconds for {whose}. Try again after \
         {retry_after} seconds."
    );
    let wait = u32::try_from(retry_after).unwrap_or(u32::MAX);
    ApiError::new(Code::TooManyRequests, detail).retry_after(wait)
}
