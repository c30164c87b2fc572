//! One page of a list.

use domain::page::Limit;

/// At most as many items as were asked for, and whether more follow. The next page starts after
/// the last item, so no position and no count is kept anywhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In the order that was asked for.
    pub items: Vec<T>,
    /// True when at least one further item exists after the last one.
    pub more: bool,
}

impl<T> Page<T> {
    /// Cuts what was read down to `limit` items; one row too many means that more follow.
    pub(crate) fn cut(mut items: Vec<T>, limit: Limit) -> Self {
        let limit = usize::from(limit.get());
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}
