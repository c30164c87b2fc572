//! "Did you mean …?"

/// The name that was probably meant, if one is near enough to say so.
pub(crate) fn closest<'n>(
    given: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    const NEAR: f64 = 0.7;
    let given = given.to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(&given, name), name))
        .map(|(score, name)| {
            // `per_page` for `page`: what contains the name is near, however long it is.
            let contained = name.len() > 2 && (given.contains(name) || name.contains(&given));
            (
                if contained && given.len() > 2 {
                    score.max(NEAR)
                } else {
                    score
                },
                name,
            )
        })
        .filter(|(score, _)| *score >= NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let names = ["limit", "cursor", "section", "published_after"];
        assert_eq!(closest("limt", names), Some("limit"));
        assert_eq!(closest("Sections", names), Some("section"));
        assert_eq!(closest("published", names), Some("published_after"));
        assert_eq!(closest("where", names), None);
        assert_eq!(closest("", names), None);
    }
}
