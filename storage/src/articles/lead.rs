//! By what the articles of a list are found, where there is a choice.

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use domain::article::Status;
use domain::id::SectionId;
use domain::time::Timestamp;

use super::list::{ManageFilter, ManageOrder, matching, state_of};
use crate::statement::Statement;
use crate::{Conn, Error};

/// Who has as many as this is not few: whatever is counted is counted no further.
const MANY: i64 = 10_000;
const UP_TO_MANY: &str = " LIMIT 10000) page";
/// Of a thousand articles with a word so many have all that is asked, if one meets such articles soon
/// enough on the way through everything.
const SOON: i64 = 100;

/// By what the articles of a list are found. The rest of what is asked is looked up for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead<'f> {
    /// By what they say of themselves, or in the order of the list: as the database sees fit.
    Articles,
    /// In the order of the list, whatever else they say.
    Order,
    /// By an author or a tag: its scope and its id.
    Place(&'static str, i64),
    /// By a word.
    Word(&'f str),
    /// The same, but only the thousand that were created last.
    Newest(&'f str),
}

impl<'f> Lead<'f> {
    /// Chooses what has the fewest articles. One statement if a word is looked for, and none else;
    /// two if it is in very many articles, and they are asked for by their last change.
    ///
    /// Somebody's own articles, and those of one section for whoever is confined to it, are found
    /// among themselves, so that what others do cannot be felt.
    pub(super) fn of(
        conn: &mut Conn<'_>,
        filter: &'f ManageFilter,
        order: ManageOrder,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if filter.created_by.is_some() || filter.confined {
            return Ok(Self::Articles);
        }
        let mut places = filter.places().map(|(scope, id)| Self::Place(scope, id));
        if filter.words.is_empty() {
            return Ok(places.next().unwrap_or(Self::Articles));
        }
        if filter.status == Some(Status::Scheduled) {
            // They are few, and found by their time.
            return Ok(Self::Articles);
        }
        let words = filter.words.iter().map(|word| Self::Word(word));
        let themselves = filter.section.is_some() || filter.status.is_some();
        let themselves = themselves.then_some(Self::Articles);
        let (lead, number) = fewest(conn, filter, words.chain(places).chain(themselves))?;
        match (order, lead) {
            // They would all have to be sorted.
            (ManageOrder::Updated, Self::Word(word)) if number >= MANY => {
                let sample = Statement::<BigInt>::new("SELECT COUNT(*)");
                let sample = matching(sample, filter, Self::Newest(word), now);
                let met = sample.get_result::<i64>(conn.0)?;
                Ok(if met >= SOON { Self::Order } else { lead })
            }
            _ => Ok(lead),
        }
    }

    /// Whether the articles come by way of a table that has them in the order of their ids.
    pub(super) const fn is_joined(self) -> bool {
        matches!(self, Self::Place(..) | Self::Word(_) | Self::Newest(_))
    }
}

/// Of these, the one with the fewest articles, and their number; the first of several.
fn fewest<'f>(
    conn: &mut Conn<'_>,
    filter: &ManageFilter,
    leads: impl Iterator<Item = Lead<'f>>,
) -> Result<(Lead<'f>, i64), Error> {
    let leads: Vec<Lead<'f>> = leads.collect();
    let mut counting = Statement::<(BigInt, BigInt)>::new("");
    for (number, lead) in (0_i64..).zip(&leads) {
        counting = counting
            .sql(if number == 0 {
                "SELECT "
            } else {
                " UNION ALL SELECT "
            })
            .number(number)
            .sql(", COUNT(*) FROM (SELECT 1 FROM ");
        counting = match lead {
            Lead::Word(word) | Lead::Newest(word) => {
                counting.sql("working_terms WHERE term = ").text(word)
            }
            Lead::Place(scope, id) => counting
                .sql("working_listings WHERE scope = ")
                .sql(scope)
                .sql(" AND scope_id = ")
                .number(*id),
            Lead::Articles | Lead::Order => of_themselves(counting, filter),
        };
        counting = counting.sql(UP_TO_MANY);
    }
    let mut counted: Vec<(i64, i64)> = counting.load(conn.0)?;
    counted.sort_unstable_by_key(|(number, count)| (*count, *number));
    let found = counted.first().and_then(|(number, count)| {
        let lead = leads.get(usize::try_from(*number).ok()?)?;
        Some((*lead, *count))
    });
    Ok(found.unwrap_or((Lead::Articles, MANY)))
}

/// The articles of a section, or in a state, or both, in the order of their index. The last of its
/// columns stands between two bounds, since PostgreSQL would walk everything for what is equal.
fn of_themselves<Row>(sql: Statement<Row>, filter: &ManageFilter) -> Statement<Row> {
    let section = filter.section.map(SectionId::raw);
    let state = filter.status.map(|status| state_of(status).as_str());
    match (section, state) {
        (None, None) => sql.sql("articles"),
        (Some(section), None) => sql
            .sql("articles WHERE section_id BETWEEN ")
            .number(section)
            .sql(" AND ")
            .number(section)
            .sql(" ORDER BY section_id, id"),
        (None, Some(state)) => sql
            .sql("articles WHERE state BETWEEN ")
            .text(state)
            .sql(" AND ")
            .text(state)
            .sql(" ORDER BY state, id"),
        (Some(section), Some(state)) => sql
            .sql("articles WHERE section_id = ")
            .number(section)
            .sql(" AND state BETWEEN ")
            .text(state)
            .sql(" AND ")
            .text(state)
            .sql(" ORDER BY state, id"),
    }
}
