//! Programs that these tasks start: their output is shown and kept, and they are ended by PID.

use std::{
    fs::File,
    io::{BufRead, BufReader, IsTerminal, Read, Write},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// What a finished program said.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    /// Standard output and standard error, in the order they came.
    pub(crate) lines: Vec<String>,
}

impl Finished {
    /// Fails unless the program ended with status 0.
    pub(crate) fn success(self, name: &str) -> anyhow::Result<Self> {
        match (self.status.code(), self.status.signal()) {
            (Some(0), _) => Ok(self),
            (Some(code), _) => bail!("{name} ended with status {code}"),
            (None, signal) => bail!("{name} was ended by signal {}", signal.unwrap_or_default()),
        }
    }
}

/// Runs a program to its end, showing each line as it comes and writing it to `log`.
///
/// # Errors
/// When it cannot be started, or has not ended within `limit`; it is then killed with all its children.
pub(crate) fn run(command: &mut Command, log: &Path, limit: Duration) -> anyhow::Result<Finished> {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = File::options().create(true).append(true).open(log)?;
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own, so that a time limit ends the children too; but at a terminal Ctrl-C
    // must reach them, and it reaches one group only.
    let grouped = !std::io::stdin().is_terminal();
    if grouped {
        command.process_group(0);
    }
    let mut child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
    let pid = Pid::from_child(&child);
    let (sender, receiver) = mpsc::channel();
    for stream in [
        child.stdout.take().map(|s| Box::new(s) as Box<dyn Read + Send>),
        child.stderr.take().map(|s| Box::new(s) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    {
        let sender = sender.clone();
        thread::spawn(move || read_lines(stream, &sender));
    }
    drop(sender);

    let deadline = Instant::now() + limit;
    let mut lines = Vec::new();
    loop {
        match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                println!("{line}");
                writeln!(file, "{line}")?;
                lines.push(line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let kill = if grouped { kill_process_group } else { kill_process };
                kill(pid, Signal::KILL).ok();
                child.wait()?;
                bail!("{name} did not end within {} s", limit.as_secs());
            }
        }
    }
    Ok(Finished { status: child.wait()?, lines })
}

fn read_lines(stream: impl Read, sender: &mpsc::Sender<String>) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
        if sender.send(line).is_err() {
            return;
        }
        bytes.clear();
    }
}

/// Runs a program to its end and returns its standard output.
///
/// # Errors
/// When it cannot be started or fails; the message holds its standard error.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("{name} cannot be started"))?;
    ensure!(
        output.status.success(),
        "{name} failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A program in the background: ended when this is dropped, by its PID.
pub(crate) struct Background {
    child: Child,
    name: String,
    end_with: Signal,
}

impl Background {
    /// Starts a program whose output goes to the file `log`.
    pub(crate) fn start(command: &mut Command, log: &Path, end_with: Signal) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let file = File::options().create(true).append(true).open(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        Ok(Self { child, name, end_with })
    }

    /// Waits until `ready` says so.
    ///
    /// # Errors
    /// When the program ends first, or `limit` passes.
    pub(crate) fn wait_until(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> anyhow::Result<()> {
        let deadline = Instant::now() + limit;
        while !ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended before it was ready ({status})", self.name);
            }
            ensure!(Instant::now() < deadline, "{} was not ready within {} s", self.name, limit.as_secs());
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        kill_process(Pid::from_child(&self.child), self.end_with).ok();
        let deadline = Instant::now() + Duration::from_secs(15);
        while let Ok(None) = self.child.try_wait() {
            if Instant::now() > deadline {
                self.child.kill().ok();
                self.child.wait().ok();
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_kept_and_a_bad_status_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("logs/part.log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let finished = run(&mut command, &log, Duration::from_secs(60)).unwrap();
        let mut lines = finished.lines.clone();
        lines.sort();
        assert_eq!(lines, ["one", "two"]);
        assert_eq!(std::fs::read_to_string(&log).unwrap().lines().count(), 2);
        let error = finished.success("sh").err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("sh ended with status 3"));
    }

    #[test]
    fn what_does_not_end_in_time_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let started = Instant::now();
        let mut command = Command::new("sleep");
        let limit = Duration::from_millis(100);
        let error = run(command.arg("60"), &folder.path().join("log"), limit).err();
        assert!(error.is_some_and(|error| error.to_string().contains("did not end")));
        assert!(started.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_program_in_the_background_ends_with_its_handle() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sleep");
        let background =
            Background::start(command.arg("60"), &folder.path().join("log"), Signal::TERM).unwrap();
        let pid = Pid::from_child(&background.child);
        drop(background);
        assert!(rustix::process::test_kill_process(pid).is_err(), "it still runs");
    }

    #[test]
    fn a_program_that_ends_early_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let mut background =
            Background::start(&mut Command::new("true"), &folder.path().join("log"), Signal::TERM).unwrap();
        let error = background.wait_until(Duration::from_secs(30), || false).err();
        assert!(error.is_some_and(|error| error.to_string().contains("ended before")));
    }
}
