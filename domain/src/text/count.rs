//! How long a text is, and how long it takes to read.

use unicode_segmentation::UnicodeSegmentation;

/// Words a reader takes in per minute in scripts that put spaces between words. 275 is the pace
/// that Medium counts with; studies of silent reading in English find 240 to 300.
pub const WORDS_PER_MINUTE: i64 = 275;
/// Chinese characters and kana per minute. 500 is the pace that Medium counts with for Chinese,
/// Japanese and Korean; readers of Chinese were measured at 400 to 600.
pub const HAN_PER_MINUTE: i64 = 500;

/// Words, and characters of the scripts that are written without spaces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    words: i64,
    han: i64,
}

/// The words of a text. A Chinese character or kana counts as one word; punctuation as none.
#[must_use]
pub fn word_count(text: &str) -> i32 {
    measure(text).0
}

/// The words of a text, and the seconds it takes to read it, rounded up.
pub(super) fn measure(text: &str) -> (i32, i32) {
    let counts = count(text);
    let words = counts.words.saturating_add(counts.han);
    (
        i32::try_from(words).unwrap_or(i32::MAX),
        reading_seconds(counts),
    )
}

fn reading_seconds(counts: Counts) -> i32 {
    let share = |units: i64, per_minute: i64| units.saturating_mul(60 * 1000) / per_minute;
    let millis =
        share(counts.words, WORDS_PER_MINUTE).saturating_add(share(counts.han, HAN_PER_MINUTE));
    i32::try_from(millis.saturating_add(999) / 1000).unwrap_or(i32::MAX)
}

fn count(text: &str) -> Counts {
    let mut counts = Counts::default();
    // Between the characters that count by themselves the rest is cut into words: cutting what has no
    // words would take most of the time.
    let between = text.split(|character| {
        let alone = is_han_or_kana(character);
        counts.han += i64::from(alone);
        // The mark that lengthens a kana belongs to it.
        alone || character == 'ー'
    });
    let words = between.filter(|rest| !rest.is_empty());
    let words: usize = words.map(|rest| rest.unicode_words().count()).sum();
    counts.words = i64::try_from(words).unwrap_or(i64::MAX);
    counts
}

pub(super) fn is_han_or_kana(character: char) -> bool {
    matches!(
        character,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_every_script() {
        assert_eq!(word_count("The council's vote, at 10:30, was 12–3."), 9);
        assert_eq!(word_count("收购股份、挖角CEO"), 7);
        assert_eq!(word_count("ニュースを読む"), 6);
        assert_eq!(word_count("오늘의 뉴스"), 2);
        assert_eq!(word_count(" — … 。 "), 0);
    }

    #[test]
    fn reading_time_follows_the_script() {
        assert_eq!(measure(&"word ".repeat(275)), (275, 60));
        assert_eq!(measure(&"字".repeat(500)), (500, 60));
        assert_eq!(measure("one").1, 1);
        assert_eq!(measure("").1, 0);
    }
}
