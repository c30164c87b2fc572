//! The sections of the small newspaper: a tree of three, whose places and slugs change.

/// What they are called at first, and what each is below.
pub(super) const FIRST: [(&str, Option<usize>); 3] =
    [("world", None), ("europe", Some(0)), ("sport", None)];

#[derive(Debug, Clone)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) slug: String,
    pub(super) version: i64,
    parent: Option<usize>,
    /// Every slug it had before.
    pub(super) before: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Sections(Vec<Section>);

impl Sections {
    /// Takes up the section that [`FIRST`] names next.
    pub(super) fn create(&mut self, id: &str) {
        let (slug, parent) = FIRST[self.0.len()];
        self.0.push(Section {
            id: id.to_owned(),
            slug: slug.to_owned(),
            version: 1,
            parent,
            before: Vec::new(),
        });
    }

    pub(super) fn get(&self, index: usize) -> &Section {
        &self.0[index]
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Section> {
        self.0.iter()
    }

    /// Whether it is the other one or lies below it.
    pub(super) fn is_within(&self, section: usize, other: usize) -> bool {
        let above = |at: &usize| self.0[*at].parent;
        std::iter::successors(Some(section), above).any(|at| at == other)
    }

    /// Puts it below another one or at the top; not if that lies below it.
    pub(super) fn go(&mut self, section: usize, parent: Option<usize>) -> bool {
        let possible = parent.is_none_or(|parent| !self.is_within(parent, section));
        if possible {
            self.0[section].parent = parent;
            self.0[section].version += 1;
        }
        possible
    }

    /// Gives it a slug that no other one has or had.
    pub(super) fn rename(&mut self, section: usize, slug: &str) -> bool {
        let has = |one: &Section| one.slug == slug || one.before.iter().any(|old| old == slug);
        let mut others = self.0.iter().enumerate();
        if others.any(|(index, other)| index != section && has(other)) {
            return false;
        }
        let section = &mut self.0[section];
        section.before.retain(|old| old != slug);
        let before = std::mem::replace(&mut section.slug, slug.to_owned());
        if before != slug {
            section.before.push(before);
        }
        section.version += 1;
        true
    }

    pub(super) fn path(&self, section: usize) -> String {
        let own = &self.0[section];
        let above = own.parent.map_or_else(String::new, |at| self.path(at));
        format!("{above}/{}", own.slug)
    }
}
