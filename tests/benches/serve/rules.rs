//! What it takes to judge a long comment by many word rules, beside few.

use std::time::{Duration, Instant};

use domain::{
    comment::{
        COMMENT_MAX_LENGTH, Verdict,
        rules::{Draft, RULES_MAX, Rule, RuleAction, Rules, Terms, WordMatch},
    },
    id::RuleId,
};

use crate::{load, load::Measured, rows::row, seconds};

const FEW: usize = 100;

pub(crate) fn compare() {
    let latin = "It ran late again, and nobody at the pier could say why it was so. ";
    let han = "渡轮又晚点了，码头上没有人知道为什么会这样。";
    for (name, sentence) in [("Latin", latin), ("Han", han)] {
        let text: String = sentence.chars().cycle().take(COMMENT_MAX_LENGTH).collect();
        let few = judging(&word_list(FEW), &text);
        let many = judging(&word_list(RULES_MAX), &text);
        let of = Some((few.per_second / many.per_second, "times as long"));
        row(&format!("a long comment ({name}), {FEW} rules"), few, None);
        row(
            &format!("a long comment ({name}), {RULES_MAX} rules"),
            many,
            of,
        );
    }
}

/// So many words, none of which is in the texts.
fn word_list(length: usize) -> Rules {
    let rules = (1..).take(length).map(|number: i64| Rule {
        id: RuleId::from_raw(number),
        terms: Terms::Word {
            pattern: match number % 2 {
                0 => format!("late{number}again"),
                _ => format!("码头{number}晚点"),
            },
            matching: WordMatch::Word,
            action: RuleAction::Hold,
        },
    });
    Rules::build(rules.collect()).expect("the rules can be read")
}

fn judging(rules: &Rules, text: &str) -> Measured {
    let draft = Draft {
        text,
        links: &[],
        guest_name: None,
    };
    let began = Instant::now();
    let mut taken = Vec::new();
    while began.elapsed() < Duration::from_secs_f64(seconds()) {
        let one = Instant::now();
        assert_eq!(rules.judge_text(&draft), Verdict::Publish);
        taken.push(one.elapsed());
    }
    load::measured(taken, began.elapsed())
}
