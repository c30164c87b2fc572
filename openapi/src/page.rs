//! The one shape of every list.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema::Cursor;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The items of this page, in the order of the list. Never missing; `[]` when there is none.
    pub items: Vec<T>,
    /// Send it back as `cursor` to get the next page; `null` on the last one.
    #[schema(value_type = Option<Cursor>, required = true)]
    pub next_cursor: Option<String>,
    /// How many items the whole list has. Present only when asked for with `total=true`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false, minimum = 0)]
    pub total: Option<i64>,
}

impl<T> Page<T> {
    /// A page without a total.
    #[must_use]
    pub fn new(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self {
            items,
            next_cursor,
            total: None,
        }
    }

    /// A list that is whole: nothing comes after it.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self::new(items, None)
    }

    /// The same page with the number of items in the whole list; `None` leaves it out.
    #[must_use]
    pub fn with_total(mut self, total: Option<i64>) -> Self {
        self.total = total;
        self
    }
}
