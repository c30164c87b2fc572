//! The `broadsheet` command.

use std::process::ExitCode;

/// Many short-lived texts and trees are made per request; this allocator is quicker at that than
/// the system's, and gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    api::command::main()
}
