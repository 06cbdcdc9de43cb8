//! A program with all that it starts, which end together.
//!
//! Whoever ends a program ends that program only: what it started goes on, belongs to nobody and eats the
//! machine. So it gets a group of its own, and the group is told. A key that interrupts us does not reach that
//! group any more; the kernel tells its first process when we die (`setpriv --pdeathsig`), however we die.

use std::{
    ffi::OsStr,
    io,
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

/// How long a group may take to end. Nextest waits ten seconds for a test before it ends it by force.
const LAST_WORDS: Duration = Duration::from_secs(15);

pub struct Group(Child);

impl Group {
    /// A command that `spawn` starts as a group: `program` gives way to everybody else.
    pub fn gently(program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "nice", "-n", "19"]).arg(program).process_group(0);
        command
    }

    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.spawn().map(Self)
    }

    /// Waits until the program has ended of itself.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }

    /// Tells everybody in the group. The shell has the word built in, so that no other program is needed.
    fn tell(&self, signal: &str) {
        let number = self.0.id().to_string();
        let told = Command::new("sh")
            .args(["-c", "kill -s \"$1\" -- \"-$2\" 2>/dev/null", "sh", signal, &number])
            .status();
        told.map_or_else(|error| eprintln!("cannot end the group {number}: {error}"), drop);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A number that was waited for may be somebody else's by now.
        if !matches!(self.0.try_wait(), Ok(None)) {
            return;
        }
        self.tell("TERM");
        let until = Instant::now() + LAST_WORDS;
        while Instant::now() < until && matches!(self.0.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(50));
        }
        // Also what did not listen after the first of them was gone: as long as one is there, the group is.
        self.tell("KILL");
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    use super::*;

    /// Whether a process still does something; one that nobody has buried yet does nothing.
    fn is_alive(number: &str) -> bool {
        let said = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        said.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
    }

    #[test]
    fn what_a_program_started_ends_with_it() {
        let starts_another = "sleep 600 & echo $!; sh -c 'trap \"\" TERM; sleep 600' & wait";
        let mut command = Group::gently("sh");
        command.args(["-c", starts_another]).stdout(Stdio::piped());
        let mut group = Group::spawn(&mut command).unwrap();
        let mut number = String::new();
        BufReader::new(group.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(is_alive(number.trim()));
        drop(group);
        let until = Instant::now() + Duration::from_secs(5);
        while is_alive(number.trim()) {
            assert!(Instant::now() < until, "{number} goes on alone");
            thread::sleep(Duration::from_millis(10));
        }
    }
}
