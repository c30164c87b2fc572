//! The rules that comments are judged by, as moderators keep them.

use diesel::prelude::*;
use domain::comment::rules::{FloodPer, RULES_MAX, Rule, RuleAction, RuleKind, Terms, WordMatch};
use domain::id::RuleId;
use domain::page::Limit;
use domain::time::Timestamp;

use crate::changes::{self, Change, Entity};
use crate::dialect::{Turn, take_turn};
use crate::page::Page;
use crate::schema::{changes as log, comment_rules as table};
use crate::{Conn, Error, Tx, stored};

/// A rule in the list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRule {
    /// What comments are judged by.
    pub rule: Rule,
    /// What moderators note about it.
    pub note: Option<String>,
    /// Whether it is applied.
    pub enabled: bool,
    /// Grows with each change.
    pub version: i64,
    /// Who made it, as in the change log.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What may be said of a rule, new or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleContent {
    /// What comments are judged by.
    pub terms: Terms,
    /// What moderators note about it.
    pub note: Option<String>,
    /// Whether it is applied.
    pub enabled: bool,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = table)]
struct Row {
    id: i64,
    kind: String,
    pattern: Option<String>,
    matching: Option<String>,
    amount: Option<i64>,
    seconds: Option<i64>,
    per: Option<String>,
    action: Option<String>,
    note: Option<String>,
    enabled: bool,
    version: i64,
    created_by: String,
    created_at: i64,
    updated_at: i64,
}

impl Row {
    fn action(&self) -> Result<RuleAction, Error> {
        stored::parse(given(self.action.as_deref())?, RuleAction::parse)
    }

    fn terms(&mut self) -> Result<Terms, Error> {
        Ok(match stored::parse(&self.kind, RuleKind::parse)? {
            RuleKind::Word => Terms::Word {
                pattern: given(self.pattern.take())?,
                matching: stored::parse(&given(self.matching.take())?, WordMatch::parse)?,
                action: self.action()?,
            },
            RuleKind::Links => Terms::Links {
                more_than: given(self.amount)?,
                action: self.action()?,
            },
            RuleKind::Repeat => Terms::Repeat {
                within_seconds: given(self.seconds)?,
                action: self.action()?,
            },
            RuleKind::NewAccount => Terms::NewAccount {
                younger_than_seconds: given(self.seconds)?,
                action: self.action()?,
            },
            RuleKind::Flood => Terms::Flood {
                comments: given(self.amount)?,
                seconds: given(self.seconds)?,
                per: stored::parse(&given(self.per.take())?, FloodPer::parse)?,
            },
        })
    }
}

fn given<T>(value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::Internal("a comment rule lacks what its kind needs".to_owned()))
}

impl TryFrom<Row> for CommentRule {
    type Error = Error;

    fn try_from(mut row: Row) -> Result<Self, Error> {
        Ok(Self {
            rule: Rule {
                id: RuleId::from_raw(row.id),
                terms: row.terms()?,
            },
            note: row.note,
            enabled: row.enabled,
            version: row.version,
            created_by: row.created_by,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        })
    }
}

/// What stands in the columns that depend on the kind.
#[derive(AsChangeset, Insertable, Default)]
#[diesel(table_name = table, treat_none_as_null = true)]
struct Columns {
    kind: String,
    pattern: Option<String>,
    matching: Option<String>,
    amount: Option<i64>,
    seconds: Option<i64>,
    per: Option<String>,
    action: Option<String>,
    note: Option<String>,
    enabled: bool,
}

impl Columns {
    fn of(content: &RuleContent) -> Self {
        let columns = Self {
            kind: content.terms.kind().to_string(),
            action: content.terms.action().map(|action| action.to_string()),
            note: content.note.clone(),
            enabled: content.enabled,
            ..Self::default()
        };
        match &content.terms {
            Terms::Word {
                pattern, matching, ..
            } => Self {
                pattern: Some(pattern.clone()),
                matching: Some(matching.to_string()),
                ..columns
            },
            Terms::Links { more_than, .. } => Self {
                amount: Some(*more_than),
                ..columns
            },
            Terms::Repeat {
                within_seconds: seconds,
                ..
            }
            | Terms::NewAccount {
                younger_than_seconds: seconds,
                ..
            } => Self {
                seconds: Some(*seconds),
                ..columns
            },
            Terms::Flood {
                comments,
                seconds,
                per,
            } => Self {
                amount: Some(*comments),
                seconds: Some(*seconds),
                per: Some(per.to_string()),
                ..columns
            },
        }
    }
}

/// One rule.
pub fn get(conn: &mut Conn<'_>, id: RuleId) -> Result<Option<CommentRule>, Error> {
    let row = table::table
        .find(id.raw())
        .select(Row::as_select())
        .first(conn.0)
        .optional()?;
    row.map(CommentRule::try_from).transpose()
}

/// One page of all rules, latest first, beginning before `before`.
pub fn list(
    conn: &mut Conn<'_>,
    before: Option<RuleId>,
    limit: Limit,
) -> Result<Page<CommentRule>, Error> {
    let rows = table::table
        .filter(table::id.lt(before.map_or(i64::MAX, RuleId::raw)))
        .order(table::id.desc())
        .limit(limit.rows().saturating_add(1))
        .select(Row::as_select())
        .load(conn.0)?;
    let found: Result<Vec<_>, _> = rows.into_iter().map(CommentRule::try_from).collect();
    Ok(Page::cut(found?, limit))
}

/// How many rules there are. It reads them all: only when asked.
pub fn count(conn: &mut Conn<'_>) -> Result<i64, Error> {
    Ok(table::table.count().get_result(conn.0)?)
}

/// All rules that are applied, the oldest first.
pub fn in_force(conn: &mut Conn<'_>) -> Result<Vec<Rule>, Error> {
    let rows = table::table
        .filter(table::enabled)
        .order(table::id)
        .select(Row::as_select())
        .load(conn.0)?;
    let rules = rows.into_iter().map(CommentRule::try_from);
    rules.map(|rule| Ok(rule?.rule)).collect()
}

/// A number that grows with every change of any rule: reading the same again means that all of
/// them are as they were.
pub fn edition(conn: &mut Conn<'_>) -> Result<i64, Error> {
    // Changes of rules wait for one another, so that a smaller number does not appear later.
    let newest = log::table
        .filter(log::entity.eq(Entity::CommentRule.as_str()))
        .order(log::seq.desc())
        .select(log::seq)
        .first(conn.0)
        .optional()?;
    Ok(newest.unwrap_or(0))
}

/// Adds a rule.
///
/// # Errors
/// [`Error::Conflict`] at `comment_rules` when there are as many as fit; [`Error::IdTaken`].
pub fn create(tx: &mut Tx<'_>, id: RuleId, content: &RuleContent) -> Result<CommentRule, Error> {
    take_turn(tx.0, Turn::CommentRules)?;
    if usize::try_from(count(tx)?).unwrap_or(usize::MAX) >= RULES_MAX {
        let field = "comment_rules";
        return Err(Error::Conflict { field });
    }
    let (now, created_by) = (tx.now(), tx.actor().label());
    diesel::insert_into(table::table)
        .values((
            table::id.eq(id.raw()),
            Columns::of(content),
            table::version.eq(1_i64),
            table::created_by.eq(&created_by),
            table::created_at.eq(now.as_millis()),
            table::updated_at.eq(now.as_millis()),
        ))
        .execute(tx.0)?;
    record(tx, "created", id)?;
    Ok(CommentRule {
        rule: Rule {
            id,
            terms: content.terms.clone(),
        },
        note: content.note.clone(),
        enabled: content.enabled,
        version: 1,
        created_by,
        created_at: now,
        updated_at: now,
    })
}

/// Changes a rule if it still has the expected version, which then counts one up.
pub fn update(
    tx: &mut Tx<'_>,
    id: RuleId,
    expected_version: i64,
    content: &RuleContent,
) -> Result<CommentRule, Error> {
    take_turn(tx.0, Turn::CommentRules)?;
    let changed = diesel::update(table::table.find(id.raw()))
        .filter(table::version.eq(expected_version))
        .set((
            Columns::of(content),
            table::version.eq(expected_version.saturating_add(1)),
            table::updated_at.eq(tx.now().as_millis()),
        ))
        .execute(tx.0)?;
    let rule = get(tx, id)?.ok_or(Error::NotFound)?;
    if changed == 0 {
        let current = rule.version;
        return Err(Error::Stale { current });
    }
    record(tx, "changed", id)?;
    Ok(rule)
}

/// Removes a rule if it still has the expected version. What was decided by it stays.
pub fn delete(tx: &mut Tx<'_>, id: RuleId, expected_version: i64) -> Result<(), Error> {
    take_turn(tx.0, Turn::CommentRules)?;
    let gone = diesel::delete(table::table.find(id.raw()))
        .filter(table::version.eq(expected_version))
        .execute(tx.0)?;
    if gone == 0 {
        let current = get(tx, id)?.ok_or(Error::NotFound)?.version;
        return Err(Error::Stale { current });
    }
    record(tx, "deleted", id)
}

fn record(tx: &mut Tx<'_>, kind: &'static str, id: RuleId) -> Result<(), Error> {
    changes::append(tx, &Change::new(kind, Entity::CommentRule, id.raw()))
}
