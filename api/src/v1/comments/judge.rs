//! What is decided about a text before anything of it is seen or counted: by whoever writes a
//! comment, and again by whoever changes one.

use domain::comment::{CommentStatus, Finding, NotAdmitted, Policy, Verdict, admit, parse_body};
use domain::text::render_comment;
use domain::{Invalid, InvalidCode};
use openapi::{Code, ProblemError};
use storage::Tx;
use storage::comments::{self, Place};

use super::rules::{Read, Writer};
use crate::error::ApiError;
use crate::state::App;
use crate::v1::write::Refused;

/// The text of a comment, as it was written and as it will be shown.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) source: String,
    pub(crate) html: String,
    pub(crate) plain: String,
}

impl Text {
    /// Checks and renders a body.
    ///
    /// # Errors
    /// At `body`: as [`parse_body`], and `required` where nothing would be shown.
    pub(crate) fn parse(body: &str) -> Result<Self, Invalid> {
        let source = parse_body(body)?;
        let rendered = render_comment(&source);
        if rendered.html.is_empty() {
            let detail = "nothing of this text would be shown";
            return Err(Invalid::new("body", InvalidCode::Required, detail));
        }
        Ok(Self {
            source,
            html: rendered.html,
            plain: rendered.text,
        })
    }
}

/// What becomes of a text that somebody wants to have in this place: how it is stored, and what was
/// found if it is not published.
///
/// # Errors
/// 409 where nobody may comment, 403 where this author may not; 422 at `/body` for a text with too
/// few or too many words or too many links, and where a rule refuses it; 429 where it is one comment
/// too many.
pub(super) fn judge(
    tx: &mut Tx<'_>,
    app: &App,
    place: &Place,
    writer: Writer<'_>,
    text: &Text,
    read: &Read,
) -> Result<(CommentStatus, Option<Finding>), Refused> {
    // A section may have been met by another node a moment ago, and not by this one.
    let above = app.site.above(place.section).ok_or(Refused::Behind)?;
    let now = tx.now();
    let policy = Policy::resolve(place.level, &above, place.published_at, now);
    admit(policy.state, writer.kind).map_err(not_admitted)?;
    let fits = policy.check(&text.html, &text.plain);
    fits.map_err(ApiError::from)?;
    let verdict = read.judge(tx, app, writer)?;
    // What waits already for another reason needs no second one.
    let asked = writer
        .account
        .filter(|_| verdict == Verdict::Publish && policy.asks_for_standing(writer.kind));
    let known = match asked {
        Some(user) => comments::has_stood(tx, user.id, now)?,
        None => false,
    };
    verdict
        .worse(policy.verdict(writer.kind, known))
        .into_stored()
        .map_err(|finding| {
            app.tallies.refused(now, &finding);
            refused(&finding).into()
        })
}

fn not_admitted(why: NotAdmitted) -> ApiError {
    match why {
        NotAdmitted::Closed => ApiError::new(
            Code::CommentsClosed,
            "Nobody can comment on this article now.",
        ),
        NotAdmitted::MembersOnly => ApiError::new(
            Code::MembersOnly,
            "Only readers with an account may comment on this article.",
        ),
    }
}

/// 422: a rule refuses the text. It is said which kind of rule, and not which word.
fn refused(finding: &Finding) -> ApiError {
    let detail = "A rule of this site does not let this comment be posted.";
    let place = ProblemError::at_pointer("/body", finding.reason.as_str(), detail);
    ApiError::new(Code::CommentRefused, detail).place(place)
}
