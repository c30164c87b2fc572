//! How fast bodies are made: Markdown to all forms, on one core; and words to be searched by.

use std::time::{Duration, Instant};

use domain::text::search::{Query, terms};
use domain::text::{Readings, Written, render};

use crate::{load, rows::row, seconds};

/// A body of about twenty kilobytes, as a newsroom writes it.
fn body(paragraph: &str) -> String {
    (1..=12).fold(String::new(), |body, part| {
        let paragraphs = format!("{paragraph}\n\n").repeat(4);
        body + &format!("## Part {part}\n\n{paragraphs}- one thing\n- another thing\n\n> A quote of somebody.\n\n")
    })
}

pub(crate) fn compare() {
    let latin = "The council of Halden voted on *Tuesday* to keep the last ferry running through the winter, said \
        [its chairwoman](https://halden.example/council \"Council\"), who called it a **modest** victory. Nobody on the quay \
        at six in the morning would have called it that, but the crossing takes eleven minutes and the bridge takes forty. \
        Ten more boats are to follow, she said, and the money is there.";
    let han = "渡口的(de)最后一班船在清晨六点离开码头(mǎtóu)，船上只有三名乘客。议会(yìhuì)上周二投票决定，今年冬天保留这条航线，\
        因为新桥的另一端还没有公交车。老船工说，他已经在这里工作了二十六年，见过江面结冰，也见过洪水漫过集市的石阶。";
    for (name, paragraph) in [("English", latin), ("Chinese with readings", han)] {
        let markdown = body(paragraph);
        let text = render(Written::Markdown(&markdown), Readings::Ruby).text;
        throughput(
            &format!("Markdown to all forms, {name}"),
            markdown.len(),
            || {
                render(Written::Markdown(&markdown), Readings::Ruby)
                    .html
                    .len()
            },
        );
        throughput(&format!("a text to its terms, {name}"), text.len(), || {
            terms([text.as_str()]).len()
        });
    }
    let began = Instant::now();
    let _ = Query::parse("议会决定保留渡口的航线");
    println!(
        "{:<46} {:>7.0} ms",
        "the first query in Chinese",
        began.elapsed().as_secs_f64() * 1e3
    );
    let mut taken = Vec::new();
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs_f64(seconds()) {
        let one = Instant::now();
        assert!(Query::parse("议会决定保留渡口的航线").is_ok());
        taken.push(one.elapsed());
    }
    row(
        "a query in Chinese cut into words",
        load::measured(taken, began.elapsed()),
        None,
    );
}

fn throughput(name: &str, bytes: usize, mut work: impl FnMut() -> usize) {
    let (mut rounds, mut made) = (0_u32, 0);
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs_f64(seconds()) {
        made += work();
        rounds += 1;
    }
    assert!(made > 0);
    let megabytes = f64::from(rounds) * f64::from(u32::try_from(bytes).expect("a body")) / 1e6;
    println!(
        "{name:<46} {:>7.1} MB/s",
        megabytes / began.elapsed().as_secs_f64()
    );
}
