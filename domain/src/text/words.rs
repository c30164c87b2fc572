//! The words of a text, as they are looked for: however they are written.
//!
//! The same folding is done to what is looked for and to what it is looked for in. It is kept in
//! the database: whoever changes it has to fill that anew.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::count::is_han_or_kana;
use crate::error::{Invalid, InvalidCode};

/// The longest word, in characters; of a longer one only the beginning counts.
pub const LONGEST_WORD: usize = 64;
/// The most words that may be looked for at once.
pub const MOST_SOUGHT: usize = 16;
/// The longest text of words to be looked for, in characters.
pub const LONGEST_SOUGHT: usize = 200;

/// The different words of some texts by which they are found, at most `most`: the first ones.
///
/// A word is what stands between spaces and punctuation, without its case, accents and widths.
/// Chinese, Japanese and Korean are written without spaces, or with endings: there each character
/// is a word, and so is each pair of neighbours.
#[must_use]
pub fn words<'t>(texts: impl IntoIterator<Item = &'t str>, most: usize) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for run in texts.into_iter().flat_map(runs) {
        for word in run.indexed() {
            if found.len() == most {
                return found;
            }
            found.insert(word);
        }
    }
    found
}

/// The words that a text must have for `text` to be in it, the longest first. Of Chinese, Japanese
/// and Korean these are the pairs of neighbours, or the one character that stands alone.
///
/// # Errors
/// Without a field: `required` where there is no word, `too_long` for more than
/// [`LONGEST_SOUGHT`] characters, `too_many` for more than [`MOST_SOUGHT`] different words.
pub fn sought(text: &str) -> Result<Vec<String>, Invalid> {
    if text.chars().count() > LONGEST_SOUGHT {
        let detail = format!("must have at most {LONGEST_SOUGHT} characters");
        return Err(Invalid::value(InvalidCode::TooLong, detail));
    }
    let found: BTreeSet<String> = runs(text).iter().flat_map(Run::looked_for).collect();
    if found.is_empty() {
        let detail = "must hold at least one word";
        return Err(Invalid::value(InvalidCode::Required, detail));
    }
    if found.len() > MOST_SOUGHT {
        let detail = format!(
            "must hold at most {MOST_SOUGHT} different words; in Chinese, Japanese and Korean each \
             pair of neighbouring characters is one"
        );
        return Err(Invalid::value(InvalidCode::TooMany, detail));
    }
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    Ok(found)
}

/// What stands together.
#[derive(Debug, PartialEq, Eq)]
enum Run {
    /// Letters and digits of a script that puts spaces between words.
    Word(String),
    /// Characters of a script that does not.
    Unspaced(Vec<char>),
}

impl Run {
    /// The words it is found by.
    fn indexed(&self) -> Vec<String> {
        match self {
            Self::Word(word) => vec![word.clone()],
            Self::Unspaced(characters) => {
                let alone = characters.iter().map(char::to_string);
                alone.chain(pairs(characters)).collect()
            }
        }
    }

    /// The words that must be there for it to be found.
    fn looked_for(&self) -> Vec<String> {
        match self {
            Self::Unspaced(characters) if characters.len() > 1 => pairs(characters).collect(),
            run => run.indexed(),
        }
    }
}

fn pairs(characters: &[char]) -> impl Iterator<Item = String> {
    characters.windows(2).map(|pair| pair.iter().collect())
}

fn runs(text: &str) -> Vec<Run> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut unspaced = Vec::new();
    for character in fold(text).chars().chain([' ']) {
        let stands_alone = is_unspaced(character);
        let in_word =
            !stands_alone && (character.is_alphanumeric() || is_combining_mark(character));
        if !in_word {
            let ended = std::mem::take(&mut word);
            // Marks with nothing below them are no word.
            if ended.chars().any(char::is_alphanumeric) {
                found.push(Run::Word(ended.chars().take(LONGEST_WORD).collect()));
            }
        }
        if !stands_alone && !unspaced.is_empty() {
            found.push(Run::Unspaced(std::mem::take(&mut unspaced)));
        }
        if stands_alone {
            unspaced.push(character);
        } else if in_word {
            word.push(character);
        }
    }
    found
}

/// Without case, accents, widths and what cannot be seen.
pub(super) fn fold(text: &str) -> String {
    // Up and down again: `ß` is `SS` in capitals, and `ς` is `Σ`.
    let level = text
        .nfkd()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase);
    let bare = level
        .nfkd()
        .filter(|character| !is_accent(*character) && !is_invisible(*character));
    bare.nfc().collect()
}

/// The marks of European scripts. Elsewhere a mark may be a vowel, or tell `は` from `ば`.
fn is_accent(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Hints for breaking lines and choosing shapes, which stand inside words.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{e0100}'..='\u{e01ef}'
    )
}

fn is_unspaced(character: char) -> bool {
    is_han_or_kana(character) || matches!(character, '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<String> {
        words([text], usize::MAX).into_iter().collect()
    }

    fn code(text: &str) -> InvalidCode {
        sought(text).unwrap_err().code
    }

    #[test]
    fn words_are_found_however_they_are_written() {
        for text in [
            "CAFÉ straße",
            "cafe\u{301} STRASSE",
            "ｃａｆé stras\u{ad}se",
        ] {
            assert_eq!(all(text), ["cafe", "strasse"], "{text}");
        }
        assert_eq!(all("L’été, d'Ines"), ["d", "ete", "ines", "l"]);
        assert_eq!(
            all("the-last_ferry: 3.50 €"),
            ["3", "50", "ferry", "last", "the"]
        );
        assert_eq!(all("Ελλάς ΕΛΛΆΣ"), ["ελλασ"]);
        assert_eq!(all("नमस्ते"), ["नमस्ते"]);
        assert_eq!(all(" — … \u{301} "), Vec::<String>::new());
    }

    #[test]
    fn chinese_is_found_inside_a_sentence() {
        assert_eq!(all("渡口CEO"), ["ceo", "口", "渡", "渡口"]);
        assert_eq!(sought("渡口").unwrap(), ["渡口"]);
        assert_eq!(sought("渡").unwrap(), ["渡"]);
        assert_eq!(sought("停在渡口").unwrap(), ["停在", "在渡", "渡口"]);
        let text = words(["停在渡口的图书馆"], usize::MAX);
        for inside in ["渡口", "图书馆", "馆", "停在 图书"] {
            assert!(
                sought(inside)
                    .unwrap()
                    .iter()
                    .all(|word| text.contains(word)),
                "{inside}"
            );
        }
        assert!(!text.contains("口图"), "they are no neighbours");
        assert_eq!(all("ｶﾞﾗｽ"), all("ガラス"));
        assert!(words(["서울에서"], usize::MAX).contains("서울"));
    }

    #[test]
    fn what_is_looked_for_has_its_limits() {
        assert_eq!(sought("a Ferry a").unwrap(), ["ferry", "a"]);
        assert_eq!(code("  — "), InvalidCode::Required);
        assert_eq!(code(&"a".repeat(201)), InvalidCode::TooLong);
        let many: Vec<String> = (0..17).map(|n| format!("w{n}")).collect();
        assert_eq!(code(&many.join(" ")), InvalidCode::TooMany);
        assert!(sought(&many[1..].join(" ")).is_ok());
        assert_eq!(sought(&"x".repeat(200)).unwrap(), ["x".repeat(64)]);
        assert_eq!(words(["one two three"], 2).len(), 2);
    }

    proptest! {
        #[test]
        fn folding_is_stable_and_bounded(text in any::<String>()) {
            let once = all(&text);
            for word in &once {
                prop_assert_eq!(all(word).contains(word), true, "{}", word);
                prop_assert!((1..=LONGEST_WORD).contains(&word.chars().count()));
            }
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn case_accents_and_widths_do_not_matter(text in "[ -~À-žΑ-ωА-я一-丏가-갏ァ-ヶ]{0,40}") {
            let folded = all(&text);
            prop_assert_eq!(&all(&text.to_uppercase()), &folded);
            prop_assert_eq!(&all(&text.to_lowercase()), &folded);
            prop_assert_eq!(&all(&text.nfd().collect::<String>()), &folded);
            let wide: String = text.chars().map(|c| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
                other => other,
            }).collect();
            prop_assert_eq!(&all(&wide), &folded);
        }

        #[test]
        fn every_part_of_a_text_is_found_in_it(text in "[a-zé ,一-丏]{1,60}", from in 0..60usize, to in 0..60usize) {
            let chars: Vec<char> = text.chars().collect();
            let unspaced: String = chars.iter().skip(from).take(to).copied().filter(|c| is_unspaced(*c)).collect();
            if text.contains(&unspaced) && let Ok(parts) = sought(&unspaced) {
                let whole = words([text.as_str()], usize::MAX);
                prop_assert!(parts.iter().all(|part| whole.contains(part)));
            }
        }
    }
}
