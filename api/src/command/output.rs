//! Standard output and standard error, which may be closed before all is said
//! (`broadsheet check | head`).

use std::fmt::Arguments;
use std::io::{Write as _, stderr, stdout};

/// Prints a line. A reader who has left is no reason to fail: what was to be done is done.
pub(super) fn line(text: Arguments<'_>) {
    let _ = writeln!(stdout(), "{text}");
}

/// Prints a line on standard error, which may be closed too.
pub(super) fn error_line(text: Arguments<'_>) {
    let _ = writeln!(stderr(), "{text}");
}

/// `println!` that survives a closed pipe.
macro_rules! say {
    ($($text:tt)*) => { $crate::command::output::line(format_args!($($text)*)) };
}
pub(super) use say;

/// `eprintln!` that survives a closed pipe.
macro_rules! tell {
    ($($text:tt)*) => { $crate::command::output::error_line(format_args!($($text)*)) };
}
pub(super) use tell;
