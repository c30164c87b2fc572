//! `broadsheet user`: where the first administrator comes from.
