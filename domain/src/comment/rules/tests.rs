use super::*;
use crate::InvalidCode;
use proptest::prelude::*;

fn rule(number: i64, terms: Terms) -> Rule {
    Rule {
        id: RuleId::from_raw(number),
        terms,
    }
}

fn word(pattern: &str, matching: WordMatch) -> Terms {
    Terms::Word {
        pattern: parse_pattern(pattern).unwrap(),
        matching,
        action: RuleAction::Hold,
    }
}

fn draft(text: &str) -> Draft<'_> {
    Draft {
        text,
        links: &[],
        guest_name: None,
    }
}

/// Where one word rule finds its pattern.
fn found(pattern: &str, matching: WordMatch, text: &str) -> Option<Vec<Span>> {
    let rules = Rules::build(vec![rule(1, word(pattern, matching))]).unwrap();
    match rules.judge_text(&draft(text)) {
        Verdict::Publish => None,
        Verdict::Hold(finding) => Some(finding.spans),
        other => panic!("{other:?}"),
    }
}

fn hits(pattern: &str, text: &str) -> bool {
    found(pattern, WordMatch::Word, text).is_some()
}

#[test]
fn a_word_is_found_however_it_is_dressed_up() {
    for (pattern, text) in [
        ("viagra", "Buy Viagra now"),
        ("VIAGRA", "buy viagra, now"),
        ("viagra", "ｖｉａｇｒａ"),
        ("viagra", "v\u{200b}i\u{200d}a\u{ad}g\u{2060}r\u{feff}a"),
        ("viagra", "viiiiagraaaa"),
        ("viagra", "viaagra"),
        ("viagra", "v.i-a g r a"),
        ("viagra", "v i a g r a"),
        ("viagra", "v_i_a_g_r_a!"),
        ("viagra", "v\ni\na\ng\nr\na"),
        ("viagra", "via-gra, via.gra"),
        ("viagra", "víágrä"),
        ("viagra", "v̴i̶a̷g̸r̵a̴"),
        ("viagra", "𝐯𝐢𝐚𝐠𝐫𝐚 ⓥⓘⓐⓖⓡⓐ"),
        ("viagra", "vіаgrа"),
        ("viagra", "v1agra"),
        ("viagra", "viagra100"),
        ("viagra", "我要买viagra吗"),
        ("viagra", "v😀i😀a😀g😀r😀a"),
        ("ass", "a.s.s"),
        ("ass", "such an a s s"),
        ("ass", "a.s.s."),
        ("ass", "I am a.s.s"),
        ("ass", "asssss"),
        ("ass", "(ass)"),
        ("ass", "ass's"),
        ("ass", "bad_ass"),
        ("bad", "baaaad"),
        ("scheiße", "SCHEISSE"),
        ("e-mail", "email, e-mail"),
        ("sh*t", "sh*t sht sh.t"),
        ("good bad", "so good   bad"),
        ("good bad", "good, bad"),
        ("good bad", "good-bad"),
        ("buy now", "b u y n o w"),
        ("loser", "l0ser"),
        ("porn", "p0rn"),
        ("дурак", "ДУРАК!"),
        ("дурак", "дypaк"),
    ] {
        assert!(hits(pattern, text), "{pattern:?} in {text:?}");
    }
}

#[test]
fn a_word_is_not_found_in_another_one() {
    for (pattern, text) in [
        ("ass", "a classic class"),
        ("ass", "c l a s s i c"),
        ("ass", "as as as"),
        ("ass", "as s"),
        ("ass", "was so"),
        ("cunt", "Scunthorpe"),
        ("cat", "music at"),
        ("cat", "concatenate"),
        ("cat", "c at"),
        ("god", "good"),
        ("of", "off"),
        ("con", "coon"),
        ("hell", "he'll, he’ll, shell"),
        ("cant", "can't"),
        ("the rapist", "the therapist"),
        ("good bad", "goodbad"),
        ("good bad", "good. Very bad"),
        ("35", "3.5 or 355"),
        ("100", "1000"),
        ("cop", "сор"),
        ("ill", "lll"),
        ("porn", "pom"),
        ("ss", "cl4ss"),
        ("tit", "constitution title"),
        ("a", "an apple"),
        ("wait", "await...ing"),
    ] {
        assert!(!hits(pattern, text), "{pattern:?} in {text:?}");
    }
}

#[test]
fn scripts_without_spaces_are_searched_within_sentences() {
    for (pattern, text) in [
        ("法轮功", "他们在学法轮功的书"),
        ("法轮功", "法 轮 功"),
        ("法轮功", "法*轮*功"),
        ("法轮功", "法轮*功"),
        ("法轮功", "法\u{200b}轮\u{200b}功"),
        ("法轮功", "法法轮轮功"),
        ("妈妈", "我的妈 妈"),
        ("妈妈的", "他妈*妈的"),
        ("傻瓜", "你是個傻 瓜嗎"),
        ("ばか", "おまえはばかだ"),
        ("バカ", "ｵﾏｴﾊﾊﾞｶﾀﾞ"),
        ("바보", "그는바보입니다"),
        ("바보", "바\u{200b}보"),
        ("โง่", "เขาโง่มาก"),
        ("加v信", "请加Ｖ信联系"),
    ] {
        assert!(hits(pattern, text), "{pattern:?} in {text:?}");
    }
    for (pattern, text) in [
        ("法轮功", "学习法。轮功夫"),
        ("ばか", "はか"),
        ("가", "간"),
        ("시발", "좋은 시 발표"),
        ("法轮功", "法轮"),
    ] {
        assert!(!hits(pattern, text), "{pattern:?} in {text:?}");
    }
}

#[test]
fn a_substring_is_found_anywhere() {
    let hits = |pattern, text| found(pattern, WordMatch::Substring, text).is_some();
    assert!(hits("ass", "a classic"));
    assert!(hits("cat", "conCATenate"));
    assert!(hits("oo", "sooooon"));
    assert!(hits("spam", "xx s.p.a.m xx"));
    assert!(!hits("cat", "music at"));
    assert!(!hits("ass", "a sas"));
    assert!(hits("00", "10000"));
}

#[test]
fn symbols_belong_to_some_patterns() {
    for (pattern, text, expected) in [
        ("c++", "I write C++ daily", true),
        ("c++", "a c d", false),
        ("a$$", "what an A$$!", true),
        ("a$$", "a", false),
        ("$$$", "make $$$$ fast", true),
        ("🖕", "🖕🏽 to you", true),
        ("@all", "hello @all", true),
        ("@all", "hello @allison", false),
        ("free!", "it is FREE!", true),
    ] {
        assert_eq!(hits(pattern, text), expected, "{pattern:?} in {text:?}");
    }
}

#[test]
fn places_are_those_of_the_text() {
    let spans = |pattern, text| found(pattern, WordMatch::Word, text).unwrap();
    assert_eq!(spans("bad", "é b\u{200b}aaad, bad"), [(2, 8), (10, 13)]);
    assert_eq!(spans("法轮", "学法轮功"), [(1, 3)]);
    assert_eq!(spans("v i", "a v-i b"), [(2, 5)]);
    assert_eq!(spans("$$", "\u{feff}  a $$"), [(5, 7)]);
}

#[test]
fn names_and_targets_of_links_are_searched_too() {
    let rules = Rules::build(vec![rule(1, word("spam.example", WordMatch::Word))]).unwrap();
    let links = ["https://spam.example/buy".to_owned()];
    let linked = Draft {
        links: &links,
        ..draft("nice")
    };
    let named = Draft {
        guest_name: Some("Spam.Example"),
        ..draft("nice")
    };
    for draft in [linked, named] {
        let Verdict::Hold(finding) = rules.judge_text(&draft) else {
            panic!("{draft:?}");
        };
        assert_eq!((finding.reason, finding.spans), (Reason::Word, Vec::new()));
    }
    assert_eq!(rules.judge_text(&draft("nice")), Verdict::Publish);
}

#[test]
fn patterns_have_limits() {
    assert_eq!(parse_pattern(" Ｖiagra ").unwrap(), "Ｖiagra");
    for (pattern, code) in [
        ("", InvalidCode::Required),
        ("\u{200b}", InvalidCode::Required),
        ("\u{301}", InvalidCode::Required),
        ("a\nb", InvalidCode::ControlCharacter),
    ] {
        assert_eq!(
            parse_pattern(pattern).unwrap_err().code,
            code,
            "{pattern:?}"
        );
    }
    assert!(parse_pattern(&"字".repeat(PATTERN_MAX)).is_ok());
    assert!(parse_pattern(&"字".repeat(PATTERN_MAX + 1)).is_err());
}

/// Rules of every kind that has an action.
fn acting_rules() -> Rules {
    let act = |pattern: &str, action| Terms::Word {
        pattern: pattern.to_owned(),
        matching: WordMatch::Word,
        action,
    };
    let terms = [
        act("one", RuleAction::Hold),
        act("two", RuleAction::Reject),
        act("two", RuleAction::Reject),
        act("three", RuleAction::Spam),
        Terms::Links {
            more_than: 1,
            action: RuleAction::Spam,
        },
        Terms::Repeat {
            within_seconds: 60,
            action: RuleAction::Spam,
        },
        Terms::NewAccount {
            younger_than_seconds: 3600,
            action: RuleAction::Hold,
        },
    ];
    let rules = (1..).zip(terms).map(|(number, terms)| rule(number, terms));
    Rules::build(rules.collect()).unwrap()
}

#[test]
fn the_most_severe_rule_is_named() {
    let rules = acting_rules();
    let named = |verdict: Verdict| match verdict {
        Verdict::Publish => ("publish", 0),
        Verdict::Hold(finding) => ("hold", finding.rule.unwrap().raw()),
        Verdict::Spam(finding) => ("spam", finding.rule.unwrap().raw()),
        Verdict::Reject(finding) => ("reject", finding.rule.unwrap().raw()),
    };
    let judged = |text, facts| named(rules.judge(&draft(text), &facts));
    let nothing = Facts::default();
    assert_eq!(judged("nothing", nothing), ("publish", 0));
    assert_eq!(judged("one", nothing), ("hold", 1));
    assert_eq!(judged("one two three", nothing), ("reject", 2));
    assert_eq!(judged("three one", nothing), ("spam", 4));
    let facts = |account_age, same_said| Facts {
        account_age,
        same_said,
    };
    assert_eq!(judged("x", facts(Some(3599), None)), ("hold", 7));
    assert_eq!(judged("x", facts(Some(3600), Some(61))), ("publish", 0));
    assert_eq!(judged("x", facts(Some(0), Some(60))), ("spam", 6));
    let links = vec![String::from("https://example.org"); 2];
    let linked = |count| {
        let links = links.get(..count).unwrap();
        named(rules.judge_text(&Draft {
            links,
            ..draft("x")
        }))
    };
    assert_eq!([linked(1), linked(2)], [("publish", 0), ("spam", 5)]);
    let needs = rules.needs();
    assert_eq!((needs.account_age, needs.repeat_within), (true, Some(60)));
    assert_eq!(
        (needs.recent_by_author, needs.recent_by_address),
        (None, None)
    );
}

#[test]
fn a_flood_is_over_when_the_oldest_of_it_is() {
    let flood = |comments, seconds, per| Terms::Flood {
        comments,
        seconds,
        per,
    };
    let rules = Rules::build(vec![
        rule(1, flood(2, 60, FloodPer::Author)),
        rule(2, flood(3, 600, FloodPer::Author)),
        rule(3, flood(1, 30, FloodPer::Address)),
    ])
    .unwrap();
    let now = Timestamp::EPOCH.plus_seconds(10_000);
    let ago =
        |seconds: &[i64]| -> Vec<_> { seconds.iter().map(|ago| now.plus_seconds(-ago)).collect() };
    let wait = |per, seconds: &[i64]| {
        rules
            .flood(per, &ago(seconds), now)
            .map(|flood| (flood.rule.raw(), flood.retry_after))
    };
    assert_eq!(wait(FloodPer::Author, &[1]), None);
    assert_eq!(wait(FloodPer::Author, &[1, 20]), Some((1, 40)));
    assert_eq!(wait(FloodPer::Author, &[1, 60]), None);
    assert_eq!(wait(FloodPer::Author, &[1, 20, 100]), Some((2, 500)));
    assert_eq!(wait(FloodPer::Address, &[29]), Some((3, 1)));
    assert_eq!(wait(FloodPer::Address, &[30]), None);
    let recent = |comments, seconds| Some(Recent { comments, seconds });
    assert_eq!(rules.needs().recent_by_author, recent(3, 600));
    assert_eq!(rules.needs().recent_by_address, recent(1, 30));
}

#[test]
fn the_gist_is_what_two_texts_say_alike() {
    for text in ["Buy now!", "b u y  NOW", "Ｂuy\u{200b}, nooow"] {
        assert_eq!(gist(text), "buynow");
    }
    assert_ne!(gist("👍"), gist("👎"));
    assert_eq!(gist("👍 \u{fe0f}"), gist("👍"));
}

/// It is counted how often a walk looks at a place, not how long it takes.
#[test]
fn a_list_of_nested_patterns_finds_no_more_than_their_length_at_each_place() {
    let alphabet: String = "abcdefghijklmnopqrstuvwxyz".repeat(4);
    let patterns: Vec<&str> = (0..99).filter_map(|from| alphabet.get(from..100)).collect();
    let words = Words::build(
        patterns
            .iter()
            .enumerate()
            .map(|(number, pattern)| (number, *pattern, WordMatch::Substring)),
    )
    .unwrap();
    let text = alphabet.repeat(48);
    let mut places = 0;
    words.find(&text, &mut |_, _| places += 1);
    assert!(places > 0 && places <= text.len() * PATTERN_MAX, "{places}");
}

proptest! {
    #[test]
    fn nothing_panics_and_places_are_in_range(
        patterns in prop::collection::vec(("\\PC{1,12}", any::<bool>()), 0..20),
        text in "\\PC{0,200}",
        repeated in any::<bool>(),
    ) {
        let rules = patterns
            .iter()
            .filter_map(|(pattern, whole)| {
                let matching = if *whole { WordMatch::Word } else { WordMatch::Substring };
                parse_pattern(pattern).ok().map(|_| rule(1, word(pattern, matching)))
            })
            .collect();
        let text = match patterns.first() {
            Some((pattern, _)) if repeated => format!("{text} {pattern}{pattern} {text}"),
            _ => text,
        };
        let length = u32::try_from(text.chars().count()).unwrap();
        let verdict = Rules::build(rules).unwrap().judge_text(&draft(&text));
        if let Verdict::Hold(finding) = verdict {
            for (start, end) in finding.spans {
                prop_assert!(start < end && end <= length);
            }
        }
    }

    #[test]
    fn chinese_words_are_found_in_any_sentence(
        before in "\\p{Han}{0,10}",
        pattern in "\\p{Han}{1,6}",
        after in "\\p{Han}{0,10}",
        substring in any::<bool>(),
    ) {
        let matching = if substring { WordMatch::Substring } else { WordMatch::Word };
        let text = format!("{before}{pattern}{after}");
        prop_assert!(found(&pattern, matching, &text).is_some(), "{} in {}", pattern, text);
    }

    #[test]
    fn every_word_is_found_as_itself(pattern in "\\PC{1,12}", around in "[ ,(]{1,3}") {
        if let Ok(pattern) = parse_pattern(&pattern) {
            let text = format!("{around}{pattern}{around}");
            prop_assert!(hits(&pattern, &pattern), "{:?}", pattern);
            prop_assert!(
                found(&pattern, WordMatch::Substring, &text).is_some(),
                "{:?} in {:?}", pattern, text
            );
        }
    }
}
