//! How an API key comes to be, from the command or over the manage API.

use std::{fmt, io};

use domain::{Invalid, InvalidCode, api_key, id::SectionId, section::Tree};

use crate::{
    extract::{Address, FromSegment as _, closest},
    secret::{api_key_hash, fresh_api_key},
};

/// So much of a key is kept to tell keys apart.
const HINT: usize = 8;

/// A key that nobody has seen yet, and what is stored of it.
#[derive(Clone)]
pub(crate) struct Fresh {
    /// The key itself: shown once, and kept nowhere.
    pub(crate) key: String,
    pub(crate) hash: String,
    pub(crate) hint: String,
}

impl fmt::Debug for Fresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fresh({}…)", self.hint)
    }
}

impl Fresh {
    /// Draws one.
    pub(crate) fn draw() -> io::Result<Self> {
        let key = fresh_api_key()?;
        Ok(Self {
            hash: api_key_hash(&key),
            hint: key.chars().take(HINT).collect(),
            key,
        })
    }
}

/// The sections a key is to be limited to, each named by its slug or its id; or everything that
/// is wrong with them.
pub(crate) fn sections(tree: &Tree, asked: &[String]) -> Result<Vec<SectionId>, Vec<Invalid>> {
    if asked.len() > api_key::SECTIONS_MAX {
        let detail = format!("must have at most {} items", api_key::SECTIONS_MAX);
        return Err(vec![Invalid::new("sections", InvalidCode::TooMany, detail)]);
    }
    let (mut found, mut wrong) = (Vec::new(), Vec::new());
    for (place, text) in asked.iter().enumerate() {
        match section(tree, text) {
            Ok(id) => found.push(id),
            Err(invalid) => wrong.push(invalid.at(format!("sections/{place}"))),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    api_key::check_sections(&found).map_err(|invalid| vec![invalid])?;
    Ok(found)
}

fn section(tree: &Tree, text: &str) -> Result<SectionId, Invalid> {
    let address = Address::from_segment(text).ok_or_else(|| {
        let detail = format!("`{}` is no slug and no id", text.escape_debug());
        Invalid::value(InvalidCode::BadFormat, detail)
    })?;
    let found = match &address {
        Address::Id(id) => tree.get(*id),
        Address::Slug(slug) => tree.by_slug(slug),
    };
    found.map(|section| section.id).ok_or_else(|| {
        let near = closest(text, tree.iter().map(|section| section.slug.as_str()));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let detail = format!("there is no section `{text}`{hint}");
        Invalid::value(InvalidCode::UnknownReference, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_not_shown_by_accident() {
        let fresh = Fresh::draw().unwrap();
        assert!(fresh.key.starts_with(&fresh.hint));
        assert_eq!(fresh.hash, api_key_hash(&fresh.key));
        assert!(!format!("{fresh:?}").contains(&fresh.key));
    }
}
