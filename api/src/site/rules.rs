//! The rules for comments, as every node holds them.

use std::sync::Arc;

use domain::comment::rules::Rules;
use storage::{Conn, Error, comment_rules};

/// The rules for comments, and which edition of them it is.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownRules {
    edition: i64,
    pub(super) rules: Arc<Rules>,
}

impl KnownRules {
    /// The rules in force. They may be many and are made ready to judge by, so they are read only
    /// when they are not those that are known.
    pub(super) fn read(conn: &mut Conn<'_>, known: Self) -> Result<Self, Error> {
        let edition = comment_rules::edition(conn)?;
        if edition == known.edition {
            return Ok(known);
        }
        match Rules::build(comment_rules::in_force(conn)?) {
            Ok(rules) => Ok(Self {
                edition,
                rules: Arc::new(rules),
            }),
            Err(error) => {
                // Whatever moderators write, the rest of the site is read.
                tracing::error!(%error, "the rules for comments stay as they were");
                Ok(known)
            }
        }
    }
}
