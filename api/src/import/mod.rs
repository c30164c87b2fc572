//! Bringing the content of other systems in.

pub mod wxr;
