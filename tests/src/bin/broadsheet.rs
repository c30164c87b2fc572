//! The command as it ships, built with these tests: cargo builds a binary for
//! the tests of its own package only.

fn main() -> std::process::ExitCode {
    api::command::main()
}
