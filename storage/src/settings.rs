//! What holds for the whole site: one row.

use diesel::prelude::*;
use domain::comment::{CommentState, SiteLevel};
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::schema::settings;
use crate::{Conn, Error, Tx, stored};

/// The one row's id.
const ROW: i64 = 1;

/// What holds for the whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteSettings {
    /// What the site says about comments.
    pub comments: SiteLevel,
    /// Counts changes, from 1.
    pub version: i64,
    /// When it last changed; `None` for never.
    pub updated_at: Option<Timestamp>,
}

impl Default for SiteSettings {
    /// As the database has it before anybody has changed it.
    fn default() -> Self {
        Self {
            comments: SiteLevel::default(),
            version: 1,
            updated_at: None,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = settings)]
struct Row {
    comments: String,
    comment_options: Option<String>,
    version: i64,
    updated_at: Option<i64>,
}

/// What holds for the whole site. One statement.
pub fn get(conn: &mut Conn<'_>) -> Result<SiteSettings, Error> {
    let row: Row = settings::table
        .find(ROW)
        .select(Row::as_select())
        .first(conn.0)?;
    Ok(SiteSettings {
        comments: SiteLevel {
            comments: stored::parse(&row.comments, CommentState::parse)?,
            options: stored::options_from_json(row.comment_options.as_deref())?,
        },
        version: row.version,
        updated_at: stored::time(row.updated_at),
    })
}

/// Changes what the site says about comments if it still has the expected version, which then
/// counts one up.
///
/// # Errors
/// [`Error::Stale`] when somebody was faster.
pub fn update(
    tx: &mut Tx<'_>,
    expected_version: i64,
    comments: SiteLevel,
) -> Result<SiteSettings, Error> {
    let (version, now) = (expected_version.saturating_add(1), tx.now());
    let seen = settings::table
        .find(ROW)
        .filter(settings::version.eq(expected_version));
    let changed = diesel::update(seen)
        .set((
            settings::comments.eq(comments.comments.as_str()),
            settings::comment_options.eq(stored::options_to_json(comments.options)?),
            settings::version.eq(version),
            settings::updated_at.eq(now.as_millis()),
        ))
        .execute(tx.0)?;
    if changed == 0 {
        let current = get(tx)?.version;
        return Err(Error::Stale { current });
    }
    changes::append(tx, &Change::new("changed", Entity::Settings, ROW))?;
    Ok(SiteSettings {
        comments,
        version,
        updated_at: Some(now),
    })
}
