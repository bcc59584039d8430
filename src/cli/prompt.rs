//! Asking for a password.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, ensure};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;

/// A password from standard input: on a terminal asked for twice without showing it, else its first line.
pub fn password() -> anyhow::Result<SecretString> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(line(&mut input.lock())?.into());
    }
    let first = hidden("Password: ")?;
    ensure!(first == hidden("The same again: ")?, "the two are not the same");
    Ok(first.into())
}

fn hidden(question: &str) -> anyhow::Result<String> {
    let input = io::stdin();
    eprint!("{question}");
    io::stderr().flush()?;
    let _quiet = Quiet::begin().context("hiding the password")?;
    let answer = line(&mut input.lock());
    eprintln!();
    answer
}

fn line(input: &mut impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    input.read_line(&mut line).context("reading the password")?;
    let line = line.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(!line.is_empty(), "no password was given");
    Ok(line)
}

/// The terminal shows nothing that is typed until this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> rustix::io::Result<Self> {
        let usual = tcgetattr(io::stdin())?;
        let mut quiet = usual.clone();
        quiet.local_modes &= !LocalModes::ECHO;
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self(usual))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_password_is_one_line_with_its_blanks_and_not_empty() {
        assert_eq!(line(&mut b" kopi tubruk \r\nmore".as_slice()).unwrap(), " kopi tubruk ");
        assert!(line(&mut b"\n".as_slice()).is_err());
        assert!(line(&mut b"".as_slice()).is_err());
    }
}
