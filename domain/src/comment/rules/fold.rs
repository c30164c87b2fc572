//! One character as rules see it.
//!
//! Compatibility forms (width, ligatures, mathematical and circled letters), case and accents do
//! not count, and neither do characters that a reader does not see.

use icu_properties::props::{
    DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script,
};
use icu_properties::{CodePointMapData, CodePointSetData};
use unicode_normalization::char::{compose, decompose_canonical, decompose_compatible};
use unicode_security::skeleton;

/// What kind of character one is, where words begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A letter of a script that sets words apart by spaces.
    Letter,
    /// A figure.
    Digit,
    /// A character of a script that writes words one after another: Han, kana, Thai and the like,
    /// and Hangul, where particles are written onto words.
    Unspaced,
    /// A vowel sign or another mark, which belongs to the character before it.
    Mark,
    /// Everything else.
    Separator,
}

/// Hands what is left of a character to `emit`: nothing for one that nobody sees, several for a
/// ligature.
pub(super) fn fold(character: char, emit: &mut impl FnMut(char)) {
    if is_unseen(character) {
        return;
    }
    if character.is_ascii() {
        // By far the most frequent, and nothing else can happen to it.
        return emit(character.to_ascii_lowercase());
    }
    decompose_compatible(character, |part| {
        for part in part.to_lowercase() {
            for part in part.to_uppercase() {
                for part in part.to_lowercase() {
                    decompose_canonical(part, |part| {
                        if !is_accent(part) && !is_unseen(part) {
                            emit(part);
                        }
                    });
                }
            }
        }
    });
}

/// What two characters in a row are together: a syllable of Hangul, a voiced kana. Other marks
/// were dropped.
pub(super) fn join(first: char, second: char) -> Option<char> {
    matches!(second, '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}' | '\u{3099}' | '\u{309a}')
        .then(|| compose(first, second))
        .flatten()
}

/// Whether nobody sees it: zero-width characters, joiners, selectors, fillers, soft hyphens, and
/// the line that only makes Arabic words longer.
fn is_unseen(character: char) -> bool {
    const UNSEEN: icu_properties::CodePointSetDataBorrowed<'static> =
        CodePointSetData::new::<DefaultIgnorableCodePoint>();
    if character.is_ascii() {
        return character.is_ascii_control() && !matches!(character, '\n' | '\t' | '\r');
    }
    character == '\u{640}' || UNSEEN.contains(character)
}

/// Whether it is a mark that may stand on letters of any script. The marks of one script tell
/// words apart, and so do those that voice kana.
fn is_accent(character: char) -> bool {
    if character.is_ascii() || matches!(character, '\u{3099}' | '\u{309a}') {
        return false;
    }
    let category = category(character);
    let mark = GeneralCategoryGroup::Mark.contains(category);
    mark && (category == GeneralCategory::EnclosingMark || script(character) == Script::Inherited)
}

/// What Unicode calls the character.
pub(super) fn category(character: char) -> GeneralCategory {
    const CATEGORIES: icu_properties::CodePointMapDataBorrowed<'static, GeneralCategory> =
        CodePointMapData::new();
    CATEGORIES.get(character)
}

fn script(character: char) -> Script {
    const SCRIPTS: icu_properties::CodePointMapDataBorrowed<'static, Script> =
        CodePointMapData::new();
    SCRIPTS.get(character)
}

/// The kind of a folded character.
pub(super) fn kind(folded: char) -> Kind {
    if folded.is_ascii() {
        return match folded {
            '0'..='9' => Kind::Digit,
            'a'..='z' => Kind::Letter,
            _ => Kind::Separator,
        };
    }
    if GeneralCategoryGroup::Mark.contains(category(folded)) {
        return Kind::Mark;
    }
    let script = script(folded);
    if folded.is_numeric() && !folded.is_alphabetic() && script != Script::Han {
        return Kind::Digit;
    }
    if !folded.is_alphabetic() && script != Script::Han {
        return Kind::Separator;
    }
    match script {
        Script::Han
        | Script::Hiragana
        | Script::Katakana
        | Script::Bopomofo
        | Script::Hangul
        | Script::Yi
        | Script::Thai
        | Script::Lao
        | Script::Khmer
        | Script::Myanmar
        | Script::Tibetan
        | Script::TaiLe
        | Script::NewTaiLue
        | Script::TaiTham
        | Script::TaiViet
        | Script::Javanese
        | Script::Balinese => Kind::Unspaced,
        // The sign that lengthens a vowel, and the one that repeats a character.
        Script::Common if matches!(folded, 'ー' | '々' | '〆') => Kind::Unspaced,
        _ => Kind::Letter,
    }
}

/// Whether a space between two such characters parts nothing: Chinese and Japanese have none.
pub(super) fn is_never_spaced(folded: char) -> bool {
    !folded.is_ascii()
        && matches!(
            script(folded),
            Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo
        )
}

/// The Latin letter that a folded character looks like (UTS #39), where it is not that letter:
/// a letter of another script, or one of the figures 0 and 1. `i` and `l` are one letter here,
/// because their capital and small forms look alike.
pub(super) fn look_alike(folded: char) -> Option<char> {
    match folded {
        'i' | '1' => return Some('l'),
        '0' => return Some('o'),
        _ if folded.is_ascii() => return None,
        _ => {}
    }
    let mut buffer = [0; 4];
    let mut letters = skeleton(folded.encode_utf8(&mut buffer)).filter(|part| !is_accent(*part));
    let letter = letters.next()?.to_ascii_lowercase();
    let one = letters.next().is_none() && letter.is_ascii_alphabetic();
    one.then_some(if letter == 'i' { 'l' } else { letter })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut out = String::new();
        for character in text.chars() {
            fold(character, &mut |part| out.push(part));
        }
        out
    }

    #[test]
    fn what_only_looks_different_is_folded() {
        for (text, expected) in [
            ("Straße STRASSE ẞ", "strasse strasse ss"),
            ("ＳＰＡＭ ｶﾞ", "spam カ\u{3099}"),
            ("𝓼𝓹𝓪𝓶 ⓢⓟⓐⓜ ﬁ ſ", "spam spam fi s"),
            (
                "s\u{200b}p\u{ad}a\u{2060}m\u{feff}\u{fe0f}\u{e0041}",
                "spam",
            ),
            ("Éñ ü Å İ ı", "en u a i i"),
            ("s\u{336}p\u{489}á\u{20dd}m", "spam"),
            ("Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ σισυφοσ"),
            ("กำ हिन्दी", "กํา हिन्दी"),
        ] {
            assert_eq!(folded(text), expected);
        }
        assert_eq!(join('カ', '\u{3099}'), Some('ガ'));
        assert_eq!(join('e', '\u{301}'), None);
    }

    #[test]
    fn folding_is_the_same_for_every_case_and_form_of_every_character() {
        for character in '\u{80}'..='\u{1ffff}' {
            let once = folded(&character.to_string());
            assert_eq!(folded(&once), once, "{character:?}");
            let upper = folded(&character.to_uppercase().to_string());
            let lower = folded(&character.to_lowercase().to_string());
            assert_eq!((&upper, &lower), (&once, &once), "{character:?}");
        }
    }

    #[test]
    fn letters_of_other_scripts_look_like_latin_ones() {
        for (text, expected) in [("аеорсху", "aeopcxy"), ("ο", "o"), ("і", "l"), ("ѕ", "s")]
        {
            let alike: String = text.chars().filter_map(look_alike).collect();
            assert_eq!(alike, expected, "{text}");
        }
        assert_eq!(look_alike('字'), None);
        assert_eq!(look_alike('m'), None);
    }
}
