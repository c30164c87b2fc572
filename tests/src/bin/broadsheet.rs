//! The command as it ships, built with these tests: cargo builds a binary for
//! the tests of its own package only.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    api::command::main()
}
