//! A text as a row of units: what rules compare.
//!
//! A unit is a run of one folded character. What stands between two of them (spaces, punctuation,
//! symbols) is no unit but a [`Gap`], which says whether it parts words or only seems to.

use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};

use super::fold::{Kind, category, fold, is_never_spaced, join, kind, look_alike};

/// What stands before a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Gap {
    /// Nothing.
    None,
    /// The letters are spelled out one by one, as in `s p a m` and `s.p.a.m`: it parts nothing.
    Spelled {
        /// Whether there is white space in it.
        spaced: bool,
    },
    /// One or two symbols within a word, as in `sp-am`: a word may end there, or go on.
    Weld,
    /// It parts words; so does the beginning of the text.
    Hard,
}

/// A run of one folded character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) letter: char,
    pub(super) kind: Kind,
    /// How often it stands there.
    pub(super) run: u32,
    /// Where it begins in the original, in characters.
    pub(super) start: u32,
    /// Where it ends.
    pub(super) end: u32,
    pub(super) gap: Gap,
    /// How many of its own characters are set apart by white space.
    pub(super) spaced: u32,
    /// Whether any of it is a letter that is not Latin, or a figure that looks like a letter.
    pub(super) foreign: bool,
    /// Whether any of it is a Latin letter.
    pub(super) latin: bool,
}

/// One folded character, before runs are made.
#[derive(Debug, Clone, Copy)]
struct Letter {
    folded: char,
    kind: Kind,
    start: u32,
    end: u32,
    /// Whether it belongs to the one before it: a vowel sign, the second s of ß.
    attached: bool,
    between: Between,
}

/// What stands before a letter, by what it is made of.
#[derive(Debug, Clone, Copy, Default)]
struct Between {
    length: usize,
    spaced: bool,
    /// Whether a line or a clause ends in it.
    stop: bool,
    /// Whether anything in it cannot stand within a word.
    parting: bool,
}

impl Between {
    fn add(&mut self, separator: char) {
        self.length = self.length.saturating_add(1);
        self.spaced |= separator.is_whitespace();
        self.stop |= matches!(
            separator,
            '\n' | '!' | '?' | ';' | ':' | ',' | '。' | '、' | '،' | '؟'
        );
        self.parting |= !stands_within_words(separator);
    }
}

/// Symbols and dashes with which people break words up. Quotes, brackets and what ends a clause
/// part words, and apostrophes must: `he'll` is no `hell`.
fn stands_within_words(separator: char) -> bool {
    match separator {
        '.' | '*' | '#' | '%' | '@' | '·' | '•' => return true,
        '`' | '´' | '<' | '>' => return false,
        _ => {}
    }
    let category = category(separator);
    matches!(
        category,
        GeneralCategory::DashPunctuation | GeneralCategory::ConnectorPunctuation
    ) || GeneralCategoryGroup::Symbol.contains(category)
}

/// The folded letters of a text, each with where it stood.
#[derive(Debug, Default)]
pub(super) struct Letters(Vec<Letter>);

impl Letters {
    pub(super) fn of(text: &str) -> Self {
        let mut letters = Self::default();
        let mut between = Between::default();
        for (at, character) in text.chars().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            fold(character, &mut |folded| {
                letters.add(folded, at, &mut between);
            });
        }
        letters
    }

    fn add(&mut self, folded: char, at: u32, between: &mut Between) {
        let end = at.saturating_add(1);
        let before = self.0.last_mut().filter(|_| between.length == 0);
        let (kind, attached) = match (kind(folded), before) {
            (_, Some(before)) if join(before.folded, folded).is_some() => {
                before.folded = join(before.folded, folded).unwrap_or(folded);
                before.end = end;
                return;
            }
            (Kind::Separator, _) | (Kind::Mark, None) => return between.add(folded),
            (Kind::Mark, Some(before)) => (before.kind, true),
            (kind, before) => (kind, before.is_some_and(|before| before.start == at)),
        };
        self.0.push(Letter {
            folded,
            kind,
            start: at,
            end,
            attached,
            between: std::mem::take(between),
        });
    }

    /// Whether anything in it might pass for another letter: it has letters that are not Latin,
    /// or figures that look like some.
    pub(super) fn may_be_disguised(&self) -> bool {
        self.0.iter().any(|letter| match letter.kind {
            Kind::Digit => matches!(letter.folded, '0' | '1'),
            kind => kind == Kind::Letter && !letter.folded.is_ascii(),
        })
    }

    /// The units, for comparing by letters or, if `alike`, by what letters look like.
    pub(super) fn units(&self, alike: bool) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::with_capacity(self.0.len());
        let lengths = self.lengths();
        for ((index, letter), length) in self.0.iter().enumerate().zip(&lengths) {
            let before = index.checked_sub(1);
            let gap = before
                .and_then(|at| Some((self.0.get(at)?, *lengths.get(at)?)))
                .map_or(Gap::Hard, |before| gap(before, (letter, *length)));
            let unit = letter.unit(gap, alike);
            let parts = match gap {
                Gap::None | Gap::Spelled { .. } => false,
                Gap::Weld => !is_never_spaced(unit.letter),
                Gap::Hard => true,
            };
            match units.last_mut() {
                Some(last) if last.letter == unit.letter && !parts => {
                    last.run = last.run.saturating_add(1);
                    last.end = unit.end;
                    last.spaced += u32::from(gap == Gap::Spelled { spaced: true });
                    last.foreign |= unit.foreign;
                    last.latin |= unit.latin;
                }
                _ => units.push(unit),
            }
        }
        units
    }

    /// For each letter, how long the piece is that it belongs to: up to the next separator.
    fn lengths(&self) -> Vec<u32> {
        let mut lengths = Vec::with_capacity(self.0.len());
        let parts = |_: &Letter, next: &Letter| next.between.length == 0;
        for piece in self.0.chunk_by(parts) {
            let length = piece.iter().filter(|letter| !letter.attached).count();
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            lengths.extend(std::iter::repeat_n(length, piece.len()));
        }
        lengths
    }
}

impl Letter {
    fn unit(&self, gap: Gap, alike: bool) -> Unit {
        let disguise = look_alike(self.folded).filter(|_| alike);
        let ascii = self.folded.is_ascii_lowercase();
        let kind = disguise.map_or(self.kind, |_| Kind::Letter);
        Unit {
            letter: disguise.unwrap_or(self.folded),
            kind,
            run: 1,
            start: self.start,
            end: self.end,
            gap,
            spaced: 0,
            foreign: kind == Kind::Letter && !ascii,
            latin: ascii,
        }
    }
}

/// What stands between two letters, each given with the length of its piece.
fn gap((before, length_before): (&Letter, u32), (after, length_after): (&Letter, u32)) -> Gap {
    let between = after.between;
    if between.length == 0 {
        return Gap::None;
    }
    if (before.kind, after.kind) == (Kind::Digit, Kind::Digit) {
        // `3.5` and `9, 11` are no 35 and 911.
        return Gap::Hard;
    }
    if (length_before, length_after) == (1, 1) {
        let spaced = between.spaced;
        return Gap::Spelled { spaced };
    }
    let unspaced = is_never_spaced(before.folded) && is_never_spaced(after.folded);
    let within_a_clause = unspaced && !between.stop;
    let within_a_word = !between.parting && between.length <= 2;
    if within_a_clause || within_a_word {
        Gap::Weld
    } else {
        Gap::Hard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Units as text: a run as its letter and how often, `_` for a gap that parts words, `~` for
    /// a weld.
    fn shown(text: &str) -> String {
        let mut out = String::new();
        for (index, unit) in Letters::of(text).units(false).iter().enumerate() {
            match unit.gap {
                Gap::Hard if index > 0 => out.push('_'),
                Gap::Weld => out.push('~'),
                _ => {}
            }
            out.push(unit.letter);
            if unit.run > 1 {
                out.push_str(&unit.run.to_string());
            }
        }
        out
    }

    #[test]
    fn texts_become_runs_and_gaps() {
        for (text, expected) in [
            ("Good  bad!", "go2d_bad"),
            ("v.i-a g r a", "viagra"),
            ("a.s.s", "as2"),
            ("bus stop", "bus_stop"),
            ("fu-ck sh*t he'll", "fu~ck_sh~t_he_l2"),
            ("wait...what", "wait_what"),
            ("3.5 and 1,000", "3_5_and_1_03"),
            ("法 轮-功", "法轮功"),
            ("法轮*功", "法轮~功"),
            ("学法。轮功夫", "学法_轮功夫"),
            ("좋은 시 발표", "좋은_시_발표"),
            ("ﾊﾞｶ バカ", "バカ~バカ"),
            ("\u{1100}\u{200b}\u{1161}", "가"),
            ("Straße", "stras2e"),
            ("ß a", "s2a"),
            ("\u{301}...", ""),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn units_know_where_they_stood() {
        let units = Letters::of("¡Z\u{200b}zｚ é!").units(false);
        let places: Vec<_> = units.iter().map(|unit| (unit.start, unit.end)).collect();
        assert_eq!(places, [(1, 5), (6, 7)]);
    }

    proptest! {
        #[test]
        fn places_are_in_order_and_in_range(text in any::<String>(), alike in any::<bool>()) {
            let length = u32::try_from(text.chars().count()).unwrap();
            let units = Letters::of(&text).units(alike);
            let mut last = 0;
            for unit in &units {
                prop_assert!(unit.start < unit.end && unit.end <= length);
                prop_assert!(last <= unit.start);
                last = unit.start;
            }
            // Of no character of Unicode comes more than that.
            prop_assert!(units.len() <= text.chars().count() * 18);
        }
    }
}
