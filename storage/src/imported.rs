//! What an import did with one thing.

/// The outcome of importing one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Imported {
    /// It was not there and is now.
    Created,
    /// It was there already, as it is to be.
    Unchanged,
    /// It was there and has been brought up to date.
    Updated,
    /// It differs, but an editor has changed it since the last import: theirs is kept.
    KeptEditorsVersion,
}

/// What is already there of something to be imported.
pub(crate) enum Existing {
    /// It was imported before.
    Known(i64),
    /// Something with the same slug that was not imported: the same thing, made by hand.
    Adopted(i64),
    /// Nothing, or something else that happens to have the same slug.
    None,
}

/// `known` is the row with the same source, `same_slug` the one with the same slug and its source.
pub(crate) fn existing(known: Option<i64>, same_slug: Option<(i64, Option<String>)>) -> Existing {
    match (known, same_slug) {
        (Some(id), _) => Existing::Known(id),
        (None, Some((id, None))) => Existing::Adopted(id),
        (None, Some((_, Some(_))) | None) => Existing::None,
    }
}
