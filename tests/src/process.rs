//! The server as a process of its own, to be asked to stop, or killed.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    thread::JoinHandle,
};

/// A running `broadsheet serve`.
pub struct Process {
    pub address: SocketAddr,
    /// What it said on stdout up to its last notice.
    pub announced: String,
    child: Child,
    log: Option<JoinHandle<String>>,
    /// What its log is to whoever looks for leaks.
    place: &'static str,
}

impl Process {
    /// Starts it on the database at `url`, on a free port, and waits until it listens.
    pub fn serve(url: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(crate::binary());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BROADSHEET_")) {
            command.env_remove(name);
        }
        let mut child = command
            .arg("serve")
            .args(arguments)
            .env("BROADSHEET_BIND", "127.0.0.1:0")
            .env("BROADSHEET_DATABASE_URL", url)
            .env("BROADSHEET_SECRET", crate::app::SECRET)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("broadsheet starts");
        let mut stderr = child.stderr.take().expect("a pipe");
        let log = std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut announced = String::new();
        let mut address = None;
        for line in lines.by_ref().map_while(Result::ok) {
            if let Some((_, at)) = line.split_once("listening  http://") {
                address = at.trim().parse().ok();
            }
            announced.push_str(&line);
            announced.push('\n');
            if line.starts_with("Ctrl-C") {
                break;
            }
        }
        // Whatever it says later must not fill the pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = address.unwrap_or_else(|| {
            let _ = child.kill();
            let _ = child.wait();
            panic!("broadsheet does not listen: {announced}");
        });
        crate::leaks::assert_none("announced", announced.as_bytes());
        Self {
            address,
            announced,
            child,
            log: Some(log),
            // Mails that nobody sends are written there.
            place: if settings.contains(&("BROADSHEET_MAIL", "log")) {
                "mail"
            } else {
                "log"
            },
        }
    }

    /// Ends it at once, as a crash would.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        let _ = self.wait();
    }

    /// Asks it to stop, as a service manager does.
    pub fn ask_to_stop(&self) {
        self.signal(1);
    }

    /// Asks it in one breath as often as this.
    pub fn signal(&self, times: usize) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill")
            .arg("-TERM")
            .args(vec![id; times])
            .status();
        assert!(asked.is_ok_and(|status| status.success()), "it runs");
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_some()
    }

    /// Asks it to stop, and waits; how it ended, and its log.
    pub fn terminate(self) -> (ExitStatus, String) {
        self.ask_to_stop();
        self.wait()
    }

    /// Waits until it ends; how it ended, and its log.
    pub fn wait(mut self) -> (ExitStatus, String) {
        let status = self.child.wait().expect("it ended");
        let log = self
            .log
            .take()
            .and_then(|log| log.join().ok())
            .unwrap_or_default();
        crate::leaks::assert_none(self.place, log.as_bytes());
        (status, log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
