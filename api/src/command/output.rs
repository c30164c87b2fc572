//! Standard output, which may be closed before all is said (`broadsheet check | head`).

use std::fmt::Arguments;
use std::io::{Write as _, stdout};

/// Prints a line. A reader who has left is no reason to fail: what was to be done is done.
pub(super) fn line(text: Arguments<'_>) {
    let _ = writeln!(stdout(), "{text}");
}

/// `println!` that survives a closed pipe.
macro_rules! say {
    ($($text:tt)*) => { $crate::command::output::line(format_args!($($text)*)) };
}
pub(super) use say;
