//! The slug of an article, settled in the transaction that writes it.

use domain::Slug;
use domain::access::sees_only_own;
use domain::id::ArticleId;
use storage::Tx;

use crate::v1::naming::{Wanted, settle_slug, settle_slug_quietly};
use crate::v1::write::Refused;

/// As [`settle_slug`]. An author, and a key that is limited to sections, are not told whose a taken
/// slug is: the other article may be a draft that is not there for them.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    own: Option<ArticleId>,
) -> Result<Slug, Refused> {
    if tx.actor().is_limited() || sees_only_own(tx.actor()) {
        settle_slug_quietly(tx, wanted, own)
    } else {
        settle_slug(tx, wanted, own)
    }
}
