//! Word rules: many patterns, found in one walk over the text.
//!
//! Patterns and texts are compared by their units, runs counted once, in an automaton
//! (Aho-Corasick). What it finds is then looked at: whether runs are long enough, whether gaps
//! stand where they may, and whether words begin and end there. A second automaton compares by
//! what letters look like, and a third takes patterns that symbols belong to as they are.

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use super::WordMatch;
use super::fold::Kind;
use super::literal::{Literals, is_literal, literal};
use super::units::{Gap, Letters, Unit};

/// From so many units on, a doubled letter is taken for a single one: there is hardly another
/// word of that length that differs by it alone.
const LONG: usize = 6;
/// No word of any language has a letter more than twice in a row.
const STRETCHED: u32 = 3;

/// A place that a pattern was found at, in characters of the text: from, and up to.
pub(super) type Span = (u32, u32);

/// All patterns of a site.
#[derive(Debug, Default)]
pub(super) struct Words {
    plain: Automaton,
    alike: Automaton,
    literal: Literals,
}

/// Patterns that are compared by units.
#[derive(Debug, Default)]
struct Automaton {
    /// None while there are no patterns.
    search: Option<AhoCorasick>,
    /// For each key of the automaton, the patterns that have it.
    patterns: Vec<Vec<Pattern>>,
}

#[derive(Debug)]
struct Pattern {
    /// What the caller knows it by.
    number: usize,
    matching: WordMatch,
    units: Box<[Unit]>,
}

impl Words {
    /// Reads all patterns; each is known by its number in the list.
    pub(super) fn build<'p>(
        patterns: impl Iterator<Item = (usize, &'p str, WordMatch)>,
    ) -> Result<Self, BuildError> {
        let (literal, lettered): (Vec<_>, Vec<_>) =
            patterns.partition(|(_, pattern, _)| is_literal(pattern));
        let letters: Vec<_> = lettered
            .into_iter()
            .map(|(number, pattern, matching)| (number, Letters::of(pattern), matching))
            .collect();
        Ok(Self {
            plain: Automaton::build(&letters, false)?,
            alike: Automaton::build(&letters, true)?,
            literal: Literals::build(&literal)?,
        })
    }

    /// Hands every place in the text, with the number of its pattern, to `found`.
    pub(super) fn find(&self, text: &str, found: &mut impl FnMut(usize, Span)) {
        let letters = Letters::of(text);
        self.plain.find(&letters.units(false), false, found);
        if letters.may_be_disguised() {
            self.alike.find(&letters.units(true), true, found);
        }
        self.literal.find(text, found);
    }
}

impl Automaton {
    fn build(all: &[(usize, Letters, WordMatch)], alike: bool) -> Result<Self, BuildError> {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut patterns: Vec<Vec<Pattern>> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for (number, letters, matching) in all {
            let units: Box<[Unit]> = letters.units(alike).into();
            let key: String = units.iter().map(|unit| unit.letter).collect();
            if key.is_empty() {
                continue;
            }
            let at = *numbers.entry(key.clone()).or_insert_with(|| {
                patterns.push(Vec::new());
                keys.push(key);
                patterns.len() - 1
            });
            if let Some(same) = patterns.get_mut(at) {
                same.push(Pattern {
                    number: *number,
                    matching: *matching,
                    units,
                });
            }
        }
        Ok(Self {
            search: search(&keys)?,
            patterns,
        })
    }

    fn find(&self, units: &[Unit], disguised: bool, found: &mut impl FnMut(usize, Span)) {
        let Some(search) = &self.search else { return };
        let line = Line::of(units);
        for hit in search.find_overlapping_iter(&line.text) {
            let patterns = self.patterns.get(hit.pattern().as_usize());
            let Some((patterns, range)) = patterns.zip(line.units_at(hit.range())) else {
                continue;
            };
            if disguised && !line.is_mixed(&range) {
                continue;
            }
            for pattern in patterns {
                if line.holds(&range, pattern)
                    && let Some((first, last)) = line.ends_of(&range)
                {
                    found(pattern.number, (first.start, last.end));
                }
            }
        }
    }
}

pub(super) fn search(keys: &[String]) -> Result<Option<AhoCorasick>, BuildError> {
    if keys.is_empty() {
        return Ok(None);
    }
    AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(keys)
        .map(Some)
}

/// A text's units, with what has to be known of them at once.
struct Line<'u> {
    units: &'u [Unit],
    /// One letter for each unit.
    text: String,
    /// For each byte of `text`, the unit that begins there or before.
    unit_of: Vec<u32>,
    /// How many there are before each unit.
    counts: Vec<Counts>,
    /// Whether a word may begin with each unit.
    begins: Vec<bool>,
    /// Whether a word may end with each unit.
    ends: Vec<bool>,
}

/// What was counted up to a unit.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// Gaps that part words.
    hard: u32,
    /// Spaces between letters that are spelled out.
    spaced: u32,
    foreign: u32,
    latin: u32,
}

impl Counts {
    fn add(&mut self, unit: &Unit) {
        self.hard += u32::from(unit.gap == Gap::Hard);
        self.spaced += unit.spaced + u32::from(unit.gap == Gap::Spelled { spaced: true });
        self.foreign += u32::from(unit.foreign);
        self.latin += u32::from(unit.latin);
    }
}

impl<'u> Line<'u> {
    fn of(units: &'u [Unit]) -> Self {
        let mut text = String::with_capacity(units.len());
        let mut unit_of = Vec::with_capacity(units.len());
        let mut counts = Vec::with_capacity(units.len() + 1);
        let mut count = Counts::default();
        for (number, unit) in (0_u32..).zip(units) {
            text.push(unit.letter);
            unit_of.resize(text.len(), number);
            counts.push(count);
            count.add(unit);
        }
        counts.push(count);
        Self {
            begins: begins(units),
            ends: ends(units),
            units,
            text,
            unit_of,
            counts,
        }
    }

    /// The units that bytes of the text are.
    fn units_at(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let unit = |byte: usize| usize::try_from(*self.unit_of.get(byte)?).ok();
        Some(unit(bytes.start)?..unit(bytes.end.checked_sub(1)?)?.checked_add(1)?)
    }

    fn ends_of(&self, range: &Range<usize>) -> Option<(&'u Unit, &'u Unit)> {
        let units = self.units.get(range.clone())?;
        units.first().zip(units.last())
    }

    fn counted(&self, range: &Range<usize>, count: impl Fn(&Counts) -> u32) -> u32 {
        let at = |index: usize| self.counts.get(index).map_or(0, &count);
        at(range.end).saturating_sub(at(range.start))
    }

    /// Whether Latin letters and others stand there together, so that some may pass for others. A
    /// word that is written in one script throughout is a word of that script.
    fn is_mixed(&self, range: &Range<usize>) -> bool {
        self.counted(range, |counts| counts.foreign) > 0
            && self.counted(range, |counts| counts.latin) > 0
    }

    fn holds(&self, range: &Range<usize>, pattern: &Pattern) -> bool {
        self.gaps_fit(range, pattern)
            && self.runs_fit(range, pattern)
            && (pattern.matching == WordMatch::Substring || self.is_word(range))
    }

    /// Where the pattern has words, the text has them; and it is parted nowhere else.
    fn gaps_fit(&self, range: &Range<usize>, pattern: &Pattern) -> bool {
        let inner = range.start.saturating_add(1)..range.end;
        let mut parted = self.counted(&inner, |counts| counts.hard);
        let pairs = self.units.get(inner.clone()).unwrap_or_default().iter();
        if pattern
            .units
            .iter()
            .skip(1)
            .all(|unit| unit.gap == Gap::None)
        {
            return parted == 0;
        }
        for (unit, wanted) in pairs.zip(pattern.units.iter().skip(1)) {
            match (unit.gap, wanted.gap) {
                (Gap::Hard, Gap::Hard | Gap::Weld | Gap::Spelled { .. }) => {
                    parted = parted.saturating_sub(1);
                }
                (Gap::None, Gap::Hard) if unit.kind != Kind::Unspaced => return false,
                _ => {}
            }
        }
        parted == 0
    }

    fn runs_fit(&self, range: &Range<usize>, pattern: &Pattern) -> bool {
        let units = self.units.get(range.clone()).unwrap_or_default();
        let last = units.len().saturating_sub(1);
        let word = pattern.matching == WordMatch::Word;
        units
            .iter()
            .zip(&pattern.units)
            .enumerate()
            .all(|(index, (unit, wanted))| {
                let more = unit.run >= wanted.run;
                let at_an_end = index == 0 || index == last;
                let stretched = unit.run >= STRETCHED;
                let doubled = units.len() >= LONG && unit.run == 2;
                match unit.kind {
                    Kind::Unspaced => more,
                    _ if at_an_end && !word => more,
                    Kind::Digit => unit.run == wanted.run,
                    _ => unit.run == wanted.run || more && (stretched || doubled),
                }
            })
    }

    fn is_word(&self, range: &Range<usize>) -> bool {
        // Letters that are spelled out are one word, unless the spaces stand around it alone.
        let spaced = |unit: &Unit| u32::from(unit.gap == Gap::Spelled { spaced: true });
        let own = self.counted(range, |counts| counts.spaced);
        let first = self.units.get(range.start);
        let inside = own.saturating_sub(first.map_or(0, spaced));
        let edge = |unit: Option<&Unit>| inside == 0 && unit.is_some_and(|unit| spaced(unit) == 1);
        let at = |marks: &[bool], index: usize| marks.get(index).copied().unwrap_or(false);
        let begins = at(&self.begins, range.start) || edge(first);
        let ends = at(&self.ends, range.end.saturating_sub(1)) || edge(self.units.get(range.end));
        begins && ends
    }
}

/// Whether a word may begin with each unit.
fn begins(units: &[Unit]) -> Vec<bool> {
    let mut marks = Vec::with_capacity(units.len());
    let mut before = None;
    for unit in units {
        let edge = Edge::of(unit.kind, is_parted(unit), before);
        marks.push(edge.mark);
        before = Some(edge);
    }
    marks
}

/// Whether a word may end with each unit: the same from the other side.
fn ends(units: &[Unit]) -> Vec<bool> {
    let mut marks = Vec::with_capacity(units.len());
    let mut after = None;
    let mut parted = true;
    for unit in units.iter().rev() {
        let edge = Edge::of(unit.kind, parted, after);
        marks.push(edge.mark);
        after = Some(edge);
        parted = is_parted(unit);
    }
    marks.reverse();
    marks
}

fn is_parted(unit: &Unit) -> bool {
    matches!(unit.gap, Gap::Hard | Gap::Weld)
}

/// What a unit is to its neighbour on one side.
#[derive(Debug, Clone, Copy)]
struct Edge {
    kind: Kind,
    /// Whether a word may have its edge here: at a gap, where a script without spaces begins or
    /// ends, and where figures were put before or after a word (`word100`, but not `w0rd`).
    mark: bool,
    /// Whether the letters or figures that it belongs to reach to such a gap or script.
    free: bool,
}

impl Edge {
    fn of(kind: Kind, parted: bool, neighbour: Option<Self>) -> Self {
        let unspaced = |kind| kind == Kind::Unspaced;
        let open = match neighbour {
            Some(other) => parted || unspaced(kind) || unspaced(other.kind),
            None => true,
        };
        let free = neighbour.is_some_and(|other| other.free);
        let same = neighbour.is_some_and(|other| other.kind == kind);
        Self {
            kind,
            mark: open || !same && free,
            free: open || same && free,
        }
    }
}

/// See [`super::gist`].
pub(super) fn gist(text: &str) -> String {
    let letters = Letters::of(text).units(false);
    let gist: String = letters.iter().map(|unit| unit.letter).collect();
    if gist.is_empty() {
        return literal(text).0.trim().to_owned();
    }
    gist
}
