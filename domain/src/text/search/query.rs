//! What somebody asks for.

use super::pair;
use super::segment;
use super::units::{Unit, is_han, units};
use crate::error::{Invalid, InvalidCode};

/// The longest query, in characters.
pub const LONGEST_QUERY: usize = 200;
/// The most words of a query, those that must not be there included.
pub const MOST_WORDS: usize = 16;
/// The most terms of all words together.
const MOST_TERMS: usize = 64;
/// A beginning of a word stands for the word from so many characters on.
const BEGINNING: usize = 2;

/// A query: words that must be in a text, and words that must not.
///
/// Words are separated by spaces. What stands in quotation marks stands together in the text. A `-`
/// before a word or a quotation keeps texts out that hold it. The last word may be a beginning,
/// unless a space follows it. A row of Chinese characters is cut into words, each of which may stand
/// anywhere in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    wanted: Vec<Word>,
    unwanted: Vec<Word>,
}

/// What must be in a text as it is: a word, or several that stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    units: Vec<Unit>,
    /// Whether the last unit is the beginning of a word.
    beginning: bool,
    terms: Vec<Term>,
}

/// What an index is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// This term.
    Whole(String),
    /// Any term that begins so.
    Beginning(String),
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Without a field: `required` where no word must be there, `too_long` for more than
    /// [`LONGEST_QUERY`] characters, `too_many` for more than [`MOST_WORDS`] words or for words that
    /// are too long together.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > LONGEST_QUERY {
            let detail = format!("must have at most {LONGEST_QUERY} characters");
            return Err(Invalid::value(InvalidCode::TooLong, detail));
        }
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for part in parts(text) {
            let words = part.words();
            let list = if part.unwanted {
                &mut unwanted
            } else {
                &mut wanted
            };
            for word in words {
                if !list.contains(&word) {
                    list.push(word);
                }
            }
        }
        let query = Self { wanted, unwanted };
        query.check()?;
        Ok(query)
    }

    fn check(&self) -> Result<(), Invalid> {
        if self.wanted.is_empty() {
            let detail = "must hold at least one word to look for";
            return Err(Invalid::value(InvalidCode::Required, detail));
        }
        let words = self.wanted.len() + self.unwanted.len();
        let all = self.wanted.iter().chain(&self.unwanted);
        let terms: usize = all.map(|word| word.terms.len()).sum();
        if words > MOST_WORDS || terms > MOST_TERMS {
            let detail = format!(
                "must hold at most {MOST_WORDS} words, and of characters that stand together at most {MOST_TERMS}"
            );
            return Err(Invalid::value(InvalidCode::TooMany, detail));
        }
        Ok(())
    }

    /// What a text must hold, all of it.
    #[must_use]
    pub fn wanted(&self) -> &[Word] {
        &self.wanted
    }

    /// What a text must not hold, none of it.
    #[must_use]
    pub fn unwanted(&self) -> &[Word] {
        &self.unwanted
    }

    /// Whether some texts together hold what the terms promise: an index that knows of neighbours
    /// only may have found two parts of a quotation apart.
    #[must_use]
    pub fn is_in(&self, texts: &[&str]) -> bool {
        let unsure = |word: &&Word| word.units.len() > 2;
        if !self.wanted.iter().any(|word| unsure(&word)) {
            return true;
        }
        let texts: Vec<Vec<Unit>> = texts.iter().map(|text| units(text)).collect();
        let holds = |word: &Word| texts.iter().any(|text| word.first_in(text).is_some());
        self.wanted.iter().filter(unsure).all(holds)
    }
}

impl Word {
    fn new(units: Vec<Unit>, beginning: bool) -> Option<Self> {
        let (last, before) = units.split_last()?;
        let beginning = beginning && !last.unspaced && last.text.chars().count() >= BEGINNING;
        let pairs = before.iter().zip(units.iter().skip(1));
        // What stands together in the query is to do so in the text.
        let pairs = pairs.filter_map(|(first, second)| {
            let second = Unit {
                joined: true,
                same_line: true,
                ..second.clone()
            };
            pair(first, &second)
        });
        let mut terms: Vec<String> = pairs.collect();
        if terms.is_empty() {
            terms.push(last.text.clone());
        }
        let last_term = terms.len() - 1;
        let terms = terms.into_iter().enumerate().map(|(place, term)| {
            if beginning && place == last_term {
                Term::Beginning(term)
            } else {
                Term::Whole(term)
            }
        });
        Some(Self {
            terms: terms.collect(),
            units,
            beginning,
        })
    }

    /// What is in the index of a text that holds it.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it stands at the beginning of these units.
    fn begins(&self, text: &[Unit]) -> bool {
        let Some((first, _)) = self.units.split_first() else {
            return false;
        };
        let Some(text) = text.get(..self.units.len()) else {
            return false;
        };
        let last = self.units.len() - 1;
        let fits = |place: usize, sought: &Unit, found: &Unit| {
            let same = if self.beginning && place == last {
                found.text.starts_with(&sought.text)
            } else {
                found.text == sought.text
            };
            same && sought.unspaced == found.unspaced
        };
        let stands = |place: usize, found: &Unit| {
            place == 0 || {
                let before = text.get(place - 1).is_some_and(|before| before.unspaced);
                if before && found.unspaced {
                    found.joined
                } else {
                    found.same_line
                }
            }
        };
        text.first().is_some_and(|found| fits(0, first, found))
            && self
                .units
                .iter()
                .zip(text)
                .enumerate()
                .all(|(place, (sought, found))| fits(place, sought, found) && stands(place, found))
    }

    fn first_in(&self, text: &[Unit]) -> Option<usize> {
        (0..text.len()).find(|at| text.get(*at..).is_some_and(|rest| self.begins(rest)))
    }

    /// The characters of a text, given by its units, that it stands for when it begins at unit `at`.
    pub(super) fn at(&self, text: &[Unit], at: usize) -> Option<std::ops::Range<usize>> {
        let rest = text.get(at..).filter(|rest| self.begins(rest))?;
        let last = rest.get(self.units.len() - 1)?;
        Some(rest.first()?.start..last.end)
    }
}

/// A part of a query between spaces, or between quotation marks.
struct Part<'q> {
    text: &'q str,
    quoted: bool,
    unwanted: bool,
    last: bool,
}

/// Marks around a quotation. Each opens one and closes one: they are typed in every combination.
const QUOTES: [char; 8] = ['"', '“', '”', '„', '«', '»', '「', '」'];

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (unwanted, body) = match rest.strip_prefix('-') {
            Some(body) if !body.starts_with(char::is_whitespace) => (true, body),
            _ => (false, rest),
        };
        let (text, behind, quoted) = if let Some(quoted) = body.strip_prefix(QUOTES) {
            let (text, behind) = quoted.split_once(QUOTES).unwrap_or((quoted, ""));
            (text, behind, true)
        } else {
            let ends = |character: char| character.is_whitespace() || QUOTES.contains(&character);
            let length = body.find(ends).unwrap_or(body.len());
            let (text, behind) = body.split_at_checked(length).unwrap_or((body, ""));
            (text, behind, false)
        };
        parts.push(Part {
            text,
            quoted,
            unwanted,
            last: behind.is_empty(),
        });
        rest = behind.trim_start();
    }
    parts
}

impl Part<'_> {
    fn words(&self) -> Vec<Word> {
        let units = units(self.text);
        let beginning = self.last && !self.quoted && !self.unwanted;
        if self.quoted || self.unwanted {
            return Word::new(units, beginning).into_iter().collect();
        }
        let mut words = Vec::new();
        let mut rest = units.as_slice();
        while let Some(first) = rest.first() {
            let belongs = |unit: &Unit| unit.unspaced == first.unspaced;
            let stays = rest.iter().enumerate().position(|(place, unit)| {
                place > 0 && (!belongs(unit) || (unit.unspaced && !unit.joined))
            });
            let (run, behind) = rest.split_at(stays.unwrap_or(rest.len()));
            let last = behind.is_empty();
            if first.unspaced {
                words.extend(
                    cut(run)
                        .into_iter()
                        .filter_map(|word| Word::new(word, false)),
                );
            } else {
                words.extend(Word::new(run.to_vec(), beginning && last));
            }
            rest = behind;
        }
        words
    }
}

/// Cuts a row of characters into words. Only Chinese has a dictionary; where kana stand beside it,
/// it is Japanese, and words are what is written in one script.
fn cut(run: &[Unit]) -> Vec<Vec<Unit>> {
    let text: String = run.iter().map(|unit| unit.text.as_str()).collect();
    if is_han(&text) {
        let mut rest = run.iter();
        return segment::words(&text)
            .into_iter()
            .map(|word| rest.by_ref().take(word.chars().count()).cloned().collect())
            .collect();
    }
    let mut words: Vec<Vec<Unit>> = Vec::new();
    let mut script = None;
    for unit in run {
        let own = is_han(&unit.text);
        match words.last_mut() {
            Some(word) if script == Some(own) => word.push(unit.clone()),
            _ => words.push(vec![unit.clone()]),
        }
        script = Some(own);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Vec<Term> {
        let query = Query::parse(text).unwrap();
        let words = query.wanted.iter();
        words.flat_map(|word| word.terms.clone()).collect()
    }

    fn whole(terms: &[&str]) -> Vec<Term> {
        terms
            .iter()
            .map(|term| Term::Whole((*term).to_owned()))
            .collect()
    }

    #[test]
    fn a_query_is_cut_into_words() {
        assert_eq!(terms("收购股份"), whole(&["收购", "股份"]));
        assert_eq!(terms("數據標註"), whole(&["数据", "标注"]));
        assert_eq!(terms("人工智能 "), whole(&["人工", "工智", "智能"]));
        assert_eq!(terms("\"Scale AI\""), whole(&["scale_ai"]));
        assert_eq!(terms("Scale AI "), whole(&["scale", "ai"]));
        assert_eq!(terms("“AI公司”"), whole(&["ai_公", "公司"]));
        let mut last = whole(&["ferry"]);
        last.push(Term::Beginning("win".to_owned()));
        assert_eq!(terms("Ferry win"), last);
        assert_eq!(terms("a"), whole(&["a"]));
    }

    #[test]
    fn words_may_be_unwanted() {
        let query = Query::parse("ferry -bridge -\"old town\" - x").unwrap();
        assert_eq!(query.wanted.len(), 2);
        assert_eq!(query.unwanted.len(), 2);
        assert_eq!(query.unwanted[1].terms, whole(&["old_town"]));
    }

    #[test]
    fn a_query_has_its_limits() {
        let code = |text: &str| Query::parse(text).unwrap_err().code;
        for text in ["", " ", "-ferry", "\"\"", "— …", "\"", "-"] {
            assert_eq!(code(text), InvalidCode::Required, "{text:?}");
        }
        assert_eq!(code(&"a".repeat(201)), InvalidCode::TooLong);
        let many: Vec<String> = (0..17).map(|n| format!("w{n}")).collect();
        assert_eq!(code(&many.join(" ")), InvalidCode::TooMany);
        assert_eq!(
            code(&format!("\"{}\"", "字".repeat(100))),
            InvalidCode::TooMany
        );
        assert!(Query::parse(&"ferry ".repeat(30)).is_ok());
    }
}
