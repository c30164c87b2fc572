//! The `broadsheet` command, run as people run it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::TestApp;

/// How a command ended, and everything it said.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub success: bool,
    pub text: String,
    pub stdout: String,
}

/// Runs `broadsheet` with these arguments on the database of `app`.
pub async fn command(app: &TestApp, arguments: &[&str]) -> Outcome {
    command_given(app, arguments, b"", &[]).await
}

/// The same with this on its standard input, and with these settings.
pub async fn command_given(
    app: &TestApp,
    arguments: &[&str],
    input: &[u8],
    settings: &[(&str, &str)],
) -> Outcome {
    let mut command = Command::new(binary());
    command.args(arguments);
    for (name, _) in std::env::vars() {
        if name.starts_with("BROADSHEET_") {
            command.env_remove(name);
        }
    }
    command
        .env("BROADSHEET_DATABASE_URL", app.database_url())
        .env("BROADSHEET_SECRET", crate::app::SECRET)
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let input = input.to_vec();
    let work = move || {
        let mut child = command.spawn()?;
        let mut stdin = child.stdin.take().expect("a pipe");
        // A command that reads nothing may have ended already.
        let _ = stdin.write_all(&input);
        drop(stdin);
        child.wait_with_output()
    };
    let output = tokio::task::spawn_blocking(work)
        .await
        .expect("the command was waited for")
        .expect("the command runs");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let text = format!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    let place = format!("command {}", arguments.join(" "));
    crate::leaks::assert_none(&place, text.as_bytes());
    Outcome {
        success: output.status.success(),
        text,
        stdout,
    }
}

/// The command, which cargo builds beside the tests.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("this test is a file");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("target/<profile>/deps");
    profile.join("broadsheet-under-test")
}
