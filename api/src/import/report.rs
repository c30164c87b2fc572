//! What an import did, in counts and lines.

use std::collections::BTreeMap;
use std::fmt;

/// Line numbers named per reason; the rest are only counted.
const LINES_SHOWN: usize = 12;
/// Remarks kept; the rest are only counted.
const NOTES_KEPT: usize = 200;

/// What the file had of one kind, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Not here before.
    pub new: u64,
    /// Here from an earlier import, and changed at the source since.
    pub updated: u64,
    /// Here already, the same.
    pub unchanged: u64,
    /// Changed at the source, but here by an editor too: the editor's words stay.
    pub kept: u64,
}

/// The kinds that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Categories.
    Sections,
    /// Tags.
    Tags,
    /// Authors.
    Authors,
    /// Posts.
    Articles,
    /// Comments on them.
    Comments,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sections => "sections",
            Self::Tags => "tags",
            Self::Authors => "authors",
            Self::Articles => "articles",
            Self::Comments => "comments",
        })
    }
}

/// What became of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not here before.
    New,
    /// It was here, and follows the source.
    Updated,
    /// It was here, the same.
    Unchanged,
    /// An editor changed it here; it stays as the editor left it.
    Kept,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct LeftOut {
    count: u64,
    lines: Vec<u64>,
}

/// The report of one import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    taken: BTreeMap<Kind, Tally>,
    states: BTreeMap<(Kind, &'static str), u64>,
    left_out: BTreeMap<String, LeftOut>,
    notes: Vec<(u64, String)>,
    more_notes: u64,
}

impl Report {
    /// Counts one thing that was taken.
    pub fn take(&mut self, kind: Kind, outcome: Outcome) {
        let tally = self.taken.entry(kind).or_default();
        let count = match outcome {
            Outcome::New => &mut tally.new,
            Outcome::Updated => &mut tally.updated,
            Outcome::Unchanged => &mut tally.unchanged,
            Outcome::Kept => &mut tally.kept,
        };
        *count = count.saturating_add(1);
    }

    /// Counts the state a new or changed article or comment got.
    pub fn state(&mut self, kind: Kind, state: &'static str) {
        let count = self.states.entry((kind, state)).or_default();
        *count = count.saturating_add(1);
    }

    /// Counts one thing that was left out, and why.
    pub fn leave_out(&mut self, why: &str, line: u64) {
        let left = self.left_out.entry(why.to_owned()).or_default();
        left.count = left.count.saturating_add(1);
        if left.lines.len() < LINES_SHOWN {
            left.lines.push(line);
        }
    }

    /// A remark on something that was taken otherwise than it stands in the file.
    pub fn note(&mut self, line: u64, remark: String) {
        if self.notes.len() < NOTES_KEPT {
            self.notes.push((line, remark));
        } else {
            self.more_notes = self.more_notes.saturating_add(1);
        }
    }

    /// The counts of one kind.
    #[must_use]
    pub fn tally(&self, kind: Kind) -> Tally {
        self.taken.get(&kind).copied().unwrap_or_default()
    }

    /// How many things were left out for a reason.
    #[must_use]
    pub fn left_out(&self, why: &str) -> u64 {
        self.left_out.get(why).map_or(0, |left| left.count)
    }

    /// The remarks, with their lines.
    #[must_use]
    pub fn notes(&self) -> &[(u64, String)] {
        &self.notes
    }

    /// Whether anything was written (or, in a dry run, would be).
    #[must_use]
    pub fn changed_anything(&self) -> bool {
        self.taken
            .values()
            .any(|tally| tally.new > 0 || tally.updated > 0)
    }

    /// Adds what another part of the same import did.
    pub fn absorb(&mut self, other: Self) {
        for (kind, tally) in other.taken {
            let sum = self.taken.entry(kind).or_default();
            sum.new = sum.new.saturating_add(tally.new);
            sum.updated = sum.updated.saturating_add(tally.updated);
            sum.unchanged = sum.unchanged.saturating_add(tally.unchanged);
            sum.kept = sum.kept.saturating_add(tally.kept);
        }
        for (state, count) in other.states {
            let sum = self.states.entry(state).or_default();
            *sum = sum.saturating_add(count);
        }
        for (why, left) in other.left_out {
            let sum = self.left_out.entry(why).or_default();
            sum.count = sum.count.saturating_add(left.count);
            let room = LINES_SHOWN.saturating_sub(sum.lines.len());
            sum.lines.extend(left.lines.into_iter().take(room));
        }
        for (line, remark) in other.notes {
            self.note(line, remark);
        }
        self.more_notes = self.more_notes.saturating_add(other.more_notes);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<10}{:>9}{:>9}{:>11}",
            "", "new", "updated", "unchanged"
        )?;
        for (kind, tally) in &self.taken {
            write!(
                f,
                "{kind:<10}{:>9}{:>9}{:>11}",
                tally.new, tally.updated, tally.unchanged
            )?;
            if tally.kept > 0 {
                write!(f, "   {} left as an editor changed them", tally.kept)?;
            }
            writeln!(f)?;
        }
        if !self.states.is_empty() {
            writeln!(f)?;
        }
        for kind in [Kind::Articles, Kind::Comments] {
            let states: Vec<String> = self
                .states
                .iter()
                .filter(|((of, _), _)| *of == kind)
                .map(|((_, state), count)| format!("{count} {state}"))
                .collect();
            if !states.is_empty() {
                writeln!(f, "New or updated {kind}: {}.", states.join(", "))?;
            }
        }
        if !self.left_out.is_empty() {
            writeln!(f, "\nLeft out:")?;
        }
        for (why, left) in &self.left_out {
            let lines: Vec<String> = left.lines.iter().map(ToString::to_string).collect();
            let shown = u64::try_from(left.lines.len()).unwrap_or(u64::MAX);
            let more = if left.count > shown { ", …" } else { "" };
            let word = if left.count == 1 { "line" } else { "lines" };
            writeln!(
                f,
                "{:>7}  {why} ({word} {}{more})",
                left.count,
                lines.join(", ")
            )?;
        }
        if !self.notes.is_empty() {
            writeln!(f, "\nRemarks:")?;
        }
        for (line, remark) in &self.notes {
            writeln!(f, "  line {line}: {remark}")?;
        }
        if self.more_notes > 0 {
            writeln!(f, "  … and {} more", self.more_notes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_lines_are_named() {
        let mut whole = Report::default();
        for line in 0..20 {
            let mut part = Report::default();
            part.take(Kind::Articles, Outcome::New);
            part.leave_out("page", line);
            part.state(Kind::Articles, "published");
            whole.absorb(part);
        }
        whole.note(7, "slug taken".into());
        assert_eq!(whole.tally(Kind::Articles).new, 20);
        assert_eq!(whole.left_out("page"), 20);
        assert!(whole.changed_anything());
        let text = whole.to_string();
        assert!(text.contains("     20  page (lines 0, 1, 2"), "{text}");
        assert!(text.contains("10, 11, …)"), "{text}");
        assert!(text.contains("line 7: slug taken"), "{text}");
    }
}
