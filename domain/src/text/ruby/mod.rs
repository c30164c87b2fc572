//! Readings over characters: `ruby`, as HTML calls them.
//!
//! A reading comes as HTML ruby, as Markdown ruby (`{漢字|かんじ}`), or as text: pinyin in brackets
//! behind the Chinese characters that it reads, `收购(shōugòu)股份`, as programs for learners leave
//! it, now and then twice. What stands in brackets is a reading only if its syllables are those of
//! exactly the characters before it, by a table of pronunciations; everything else in brackets is
//! text and stays.

mod find;
mod syllables;
mod tree;

pub(super) use tree::apply;

use crate::named::named;

named! {
    /// What becomes of the readings in a text.
    pub enum Readings {
        /// They stay as they are typed.
        Keep = "keep",
        /// They stand over the characters that they read.
        Ruby = "ruby",
        /// They go.
        Strip = "strip",
    }
}

/// The same text without the readings that stand in brackets behind their characters: for lines
/// that carry no markup. Nothing else is lost.
#[must_use]
pub fn strip(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    let mut from = 0;
    for removed in find::find(text, false, &[]).removed {
        stripped.push_str(text.get(from..removed.start).unwrap_or_default());
        from = removed.end;
    }
    stripped.push_str(text.get(from..).unwrap_or_default());
    stripped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn readings_go_and_their_characters_stay() {
        for (text, stripped) in [
            ("收购(shōugòu)股份", "收购股份"),
            ("是(shì)世界上(shìjièshàng)", "是世界上"),
            ("视为“AI军火库”的(de)(de)公司", "视为“AI军火库”的公司"),
            ("开源(kāiyuán)(kāiyuán)大模型", "开源大模型"),
            ("AI数据服务(shùjùfúwù)公司", "AI数据服务公司"),
            ("彼得·泰尔(tàiěr)是", "彼得·泰尔是"),
            ("重庆(Chóngqìng)、银行(yín háng)", "重庆、银行"),
            ("西安（xī'ān）和线(xiàn)", "西安和线"),
            ("女(nǚ)绿(lv4)略(lu:e4)", "女绿略"),
            ("哪儿(nǎr)、花儿(huā'er)", "哪儿、花儿"),
            ("你(nǐ)好(nǐhǎo)", "你好"),
            ("收购(shou1gou4)", "收购"),
        ] {
            assert_eq!(strip(text), stripped, "{text}");
        }
    }

    #[test]
    fn other_brackets_stay() {
        for text in [
            "Meta(Meta)",
            "扎克伯格(Meta)",
            "(2016)年",
            "规模(规模定律,即模型)",
            "函数f(x)",
            "f(x) = (shōugòu)",
            "收购 (shōugòu)",
            "收购(gòushōu)",
            "收购(shōu",
            "收购(shōugòu",
            "收购()",
            "收购(')",
            "((((",
            "收(购)购(x)",
            "股份(shōugòu)",
        ] {
            assert_eq!(strip(text), text);
        }
    }

    /// Text with and without readings.
    fn read_text() -> impl Strategy<Value = (String, String)> {
        let words = [
            ("收购", "(shōugòu)"),
            ("的", "(de)(de)"),
            ("开源", "（kāiyuán）(kāi yuán)"),
            ("重庆", "(chóngqìng)"),
            ("行", "(háng)(xíng)"),
            ("AI数据服务", "(shùjùfúwù)"),
        ];
        let read = prop::sample::select(words.to_vec())
            .prop_map(|(base, reading)| (format!("{base}{reading}"), base.to_owned()));
        let other = prop::sample::select(vec![
            "(Meta)", "(2016)", "f(x)", "(", ")", ",", "股份", " ", "(规模)", "\n", "字", "a",
        ])
        .prop_map(|text: &str| (text.to_owned(), text.to_owned()));
        prop::collection::vec(prop_oneof![read, other], 0..12)
            .prop_map(|parts| parts.into_iter().unzip::<_, _, Vec<_>, Vec<_>>())
            .prop_map(|(with, without)| (with.concat(), without.concat()))
    }

    proptest! {
        #[test]
        fn stripping_leaves_the_base_and_nothing_to_strip((with, without) in read_text()) {
            prop_assert_eq!(strip(&with), without.clone());
            prop_assert_eq!(strip(&without), without);
        }

        #[test]
        fn stripping_takes_whole_brackets_only(text in "[收购的行(（)）aeghōùdn ', {|}]{0,40}") {
            let once = strip(&text);
            prop_assert_eq!(strip(&once), once.clone());
            let han = |text: &str| text.chars().filter(|c| *c > '\u{4dff}' && *c < '\u{a000}').collect::<String>();
            prop_assert_eq!(han(&once), han(&text));
        }
    }
}
