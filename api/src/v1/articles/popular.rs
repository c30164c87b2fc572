//! `GET /articles?sort=popular`: a page of a ranking of what is read most.

use domain::Timestamp;
use domain::page::Limit;
use domain::popular::{KEPT_SECONDS, RANKED_EVERY_SECONDS, Window};
use openapi::query::{ArticleListQuery, ArticleSort, PopularWindow};
use storage::published::{self, PopularQuery, RankedPage};
use storage::{Conn, popular};

use super::list::{Found, known_places};
use crate::error::ApiError;
use crate::v1::support::bad_parameter;

/// So soon after a ranking was due it is there: that long an answer is kept while it is awaited.
const AWAITED_SECONDS: i64 = 5;

/// The window of a list sorted by views; `None` for other lists, which have none.
pub(super) fn window(query: &ArticleListQuery) -> Result<Option<Window>, ApiError> {
    match (query.sort, query.window) {
        (Some(ArticleSort::Popular), asked) => Ok(Some(match asked.unwrap_or_default() {
            PopularWindow::Day => Window::Day,
            PopularWindow::Week => Window::Week,
        })),
        (_, None) => Ok(None),
        (_, Some(_)) => Err(bad_parameter(
            "window",
            "conflict",
            "goes together with sort=popular only",
        )),
    }
}

/// What the query asks of a ranking.
pub(super) struct Popular {
    pub(super) query: PopularQuery,
    pub(super) limit: Limit,
    pub(super) total: bool,
}

impl Popular {
    pub(super) fn run(self, conn: &mut Conn<'_>, now: Timestamp) -> Result<Found, ApiError> {
        let query = &self.query;
        let RankedPage { page, last } = published::popular(conn, query, self.limit, now)?;
        let places = if page.items.is_empty() && query.after.is_none() {
            known_places(conn, &query.filter.places)?
        } else {
            Vec::new()
        };
        let total = self
            .total
            .then(|| published::popular_total(conn, query, now))
            .transpose()?;
        let ranked_at = match last {
            Some((at, _)) => Some(at),
            None => popular::ranked_at(conn, query.window, now)?,
        };
        let next = last.filter(|_| page.more);
        Ok(Found {
            next: next.map(|(at, rank)| (at.as_millis(), rank)),
            total,
            places,
            until: Some(until(query.after.map(|(at, _)| at), ranked_at, now)),
            ..Found::new(conn, page.items)?
        })
    }
}

/// When another ranking takes the place of the one that was read: the next one, or, for a page
/// that asked for this very one, whichever there is when it is not kept any more.
fn until(asked: Option<Timestamp>, read: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let lasts = if asked.is_some() && asked == read {
        KEPT_SECONDS
    } else {
        RANKED_EVERY_SECONDS
    };
    let next = read.map(|at| at.plus_seconds(lasts));
    next.filter(|next| *next > now)
        .unwrap_or_else(|| now.plus_seconds(AWAITED_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_lasts_until_another_ranking_takes_its_place() {
        let at = |seconds| Timestamp::EPOCH.plus_seconds(seconds);
        for (asked, read, now, expected) in [
            (None, Some(0), 10, 300),
            (None, Some(0), 299, 300),
            (None, Some(0), 300, 305),
            (None, Some(0), 900, 905),
            (None, None, 10, 15),
            (Some(0), Some(0), 900, 1200),
            (Some(0), Some(0), 1200, 1205),
            (Some(0), Some(1500), 1510, 1800),
            (Some(0), None, 1510, 1515),
        ] {
            let found = until(asked.map(at), read.map(at), at(now));
            assert_eq!(found, at(expected), "{asked:?} {read:?} at {now}");
        }
    }
}
