//! The next free one of `slug`, `slug-2`, `slug-3`, …

use domain::slug::Slug;

use crate::Error;

/// How many are looked up at first; each further round asks for four times as many, so that the
/// thousandth article of one title costs six look-ups.
const FIRST_ROUND: u32 = 4;
const LAST_ROUND: u32 = 256;

/// The first slug of the row that `taken` does not answer; `taken` is given some candidates and
/// returns those in use.
pub(crate) fn first_free(
    wanted: &Slug,
    mut taken: impl FnMut(&[String]) -> Result<Vec<String>, Error>,
) -> Result<Slug, Error> {
    let mut next: u32 = 1;
    let mut round = FIRST_ROUND;
    loop {
        let candidates: Vec<Slug> = (next..next.saturating_add(round))
            .map(|n| {
                if n == 1 {
                    wanted.clone()
                } else {
                    wanted.numbered(n)
                }
            })
            .collect();
        let asked: Vec<String> = candidates
            .iter()
            .map(|slug| slug.as_str().to_owned())
            .collect();
        let taken = taken(&asked)?;
        let free = candidates
            .into_iter()
            .find(|slug| !taken.iter().any(|t| t == slug.as_str()));
        if let Some(slug) = free {
            return Ok(slug);
        }
        next = next.saturating_add(round);
        round = round.saturating_mul(4).min(LAST_ROUND);
        if next == u32::MAX {
            return Err(Error::Conflict { field: "slug" });
        }
    }
}

/// Those of the slugs asked for that were not found.
pub(crate) fn missing(asked: &[Slug], found: &[(i64, String)]) -> Vec<String> {
    asked
        .iter()
        .filter(|slug| !found.iter().any(|(_, known)| known == slug.as_str()))
        .map(|slug| slug.as_str().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free_after(taken: u32) -> (String, u32) {
        let wanted = Slug::parse("vote").unwrap();
        let mut rounds = 0;
        let all: Vec<String> = std::iter::once("vote".to_owned())
            .chain((2..=taken).map(|n| format!("vote-{n}")))
            .take(usize::try_from(taken).unwrap())
            .collect();
        let free = first_free(&wanted, |asked| {
            rounds += 1;
            Ok(all
                .iter()
                .filter(|slug| asked.contains(slug))
                .cloned()
                .collect())
        });
        (free.unwrap().into_string(), rounds)
    }

    #[test]
    fn the_first_gap_is_found_in_few_rounds() {
        assert_eq!(free_after(0), ("vote".to_owned(), 1));
        assert_eq!(free_after(1), ("vote-2".to_owned(), 1));
        assert_eq!(free_after(4), ("vote-5".to_owned(), 2));
        assert_eq!(free_after(1000), ("vote-1001".to_owned(), 7));
    }
}
