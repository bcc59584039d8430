//! The dialogue with one client.

mod commands;

use std::{io, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use sapa_channel::{Refused, points::reach};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;

use super::{
    Protocol, Shared,
    data::{DataReader, Fault, Mail},
    deliver::{Recipient, deliver},
    places::Place,
};

/// What is read at once, and the longest command. RFC 5321 asks for 512 bytes, its extensions for some more.
const BUFFER: usize = 8 << 10;

/// So many bytes at once are no dripping.
const MUCH: usize = 1 << 10;

/// Why a dialogue came to its end.
pub(super) enum Ended<S> {
    /// It is over.
    Closed,
    /// It goes on encrypted, from the beginning.
    StartTls(S),
}

/// What the client is expected to send.
enum Mode {
    Commands,
    Data(DataReader, Mail),
    /// A chunk (RFC 3030): the bytes left of it, whether it is the last, and whether it is kept.
    Chunk {
        left: usize,
        last: bool,
        keep: bool,
    },
}

/// What to do after a command.
enum Next {
    Continue,
    Close,
    StartTls,
}

/// A mail that is being announced.
#[derive(Default)]
struct Transaction {
    sender: String,
    recipients: Vec<Recipient>,
    /// The chunks that came.
    chunks: Option<Mail>,
}

/// The state of a dialogue.
pub(super) struct Session {
    shared: Arc<Shared>,
    peer: SocketAddr,
    place: Arc<Place>,
    stop: CancellationToken,
    encrypted: bool,
    greeted: bool,
    transaction: Option<Transaction>,
    errors: u32,
    /// A mail was taken, and its answer was not written yet.
    taken: bool,
    /// Answers that were not written yet: those to pipelined commands go out together.
    out: Vec<u8>,
}

impl Session {
    pub(super) fn new(
        shared: Arc<Shared>,
        peer: SocketAddr,
        place: Arc<Place>,
        stop: CancellationToken,
        encrypted: bool,
    ) -> Self {
        Self {
            shared,
            peer,
            place,
            stop,
            encrypted,
            greeted: false,
            transaction: None,
            errors: 0,
            taken: false,
            out: Vec::new(),
        }
    }

    pub(super) async fn run<S>(mut self, mut stream: S) -> io::Result<Ended<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send,
    {
        if !self.encrypted {
            let kind = if self.shared.config.protocol == Protocol::Lmtp { "LMTP" } else { "ESMTP" };
            self.say(&format!("220 {} {kind} Sapa", self.shared.config.hostname));
        }
        let mut buffer = vec![0; BUFFER];
        let (mut from, mut to) = (0, 0);
        let mut mode = Mode::Commands;
        let mut deadline = Instant::now() + self.shared.config.command_timeout;
        loop {
            while from < to {
                let input = &buffer[from..to];
                match mode {
                    Mode::Commands => {
                        let Some(end) = input.iter().position(|byte| *byte == b'\n') else { break };
                        from += end + 1;
                        let next = self.command(&input[..=end], &mut mode);
                        self.place.heard(Instant::now());
                        deadline = Instant::now()
                            + match mode {
                                Mode::Data(..) => self.shared.config.data_timeout,
                                _ => self.shared.config.command_timeout,
                            };
                        match next {
                            Next::Continue => {}
                            Next::Close => return self.close(stream).await,
                            // What was sent behind the command was not sent encrypted.
                            Next::StartTls if from < to => {
                                self.say("554 5.5.1 nothing may follow STARTTLS");
                                return self.close(stream).await;
                            }
                            Next::StartTls => {
                                self.say("220 2.0.0 go ahead");
                                self.flush(&mut stream).await?;
                                return Ok(Ended::StartTls(stream));
                            }
                        }
                    }
                    Mode::Data(mut reader, mut mail) => {
                        let (used, ended) = reader.read(input, &mut mail);
                        from += used;
                        if ended {
                            mode = Mode::Commands;
                            self.place.is_served(true, Instant::now());
                            self.finish(mail, reader.ambiguous).await;
                            self.place.is_served(false, Instant::now());
                            deadline = Instant::now() + self.shared.config.command_timeout;
                        } else {
                            mode = Mode::Data(reader, mail);
                        }
                    }
                    Mode::Chunk { left, last, keep } => {
                        let used = left.min(input.len());
                        if keep && let Some(transaction) = &mut self.transaction {
                            let shared = &self.shared;
                            let mail = transaction.chunks.get_or_insert_with(|| {
                                Mail::new(shared.config.max_size, shared.memory.clone())
                            });
                            mail.push(&input[..used]);
                        }
                        from += used;
                        mode = Mode::Chunk { left: left - used, last, keep };
                    }
                }
                if let Mode::Chunk { left: 0, last, keep } = mode {
                    mode = Mode::Commands;
                    self.place.is_served(true, Instant::now());
                    self.end_chunk(last, keep).await;
                    self.place.is_served(false, Instant::now());
                }
                if self.errors > self.shared.config.max_errors {
                    self.say("421 4.7.0 too many errors");
                    return self.close(stream).await;
                }
            }
            self.flush(&mut stream).await?;
            if from == to {
                (from, to) = (0, 0);
            } else if from > 0 {
                buffer.copy_within(from..to, 0);
                (from, to) = (0, to - from);
            } else if to == buffer.len() {
                self.say("500 5.5.2 the line is too long");
                return self.close(stream).await;
            }
            let commands = matches!(mode, Mode::Commands);
            let read = tokio::select! {
                biased;
                read = timeout_at(deadline, stream.read(&mut buffer[to..])) => read,
                () = self.place.needed() => {
                    self.say("421 4.7.0 another client needs the place, try again later");
                    return self.close(stream).await;
                }
                () = self.stop.cancelled(), if commands => {
                    self.say("421 4.3.2 going down, try again later");
                    return self.close(stream).await;
                }
            };
            match read {
                Ok(Ok(0)) => return Ok(Ended::Closed),
                Ok(Ok(count)) => {
                    to += count;
                    if count >= MUCH {
                        self.place.heard(Instant::now());
                    }
                }
                Ok(Err(error)) => return Err(error),
                Err(_) => {
                    self.say("421 4.4.2 took too long");
                    return self.close(stream).await;
                }
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    /// An answer to something that the client did wrong.
    fn refuse(&mut self, line: &str) {
        self.errors += 1;
        self.say(line);
    }

    async fn flush<S: AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let write = async {
            stream.write_all(&self.out).await?;
            stream.flush().await
        };
        if self.taken {
            reach(self.at("smtp.before_ack", "lmtp.before_ack"));
        }
        timeout(self.shared.config.command_timeout, write).await??;
        if std::mem::take(&mut self.taken) {
            reach(self.at("smtp.after_ack", "lmtp.after_ack"));
        }
        self.out.clear();
        Ok(())
    }

    fn at(&self, smtp: &'static str, lmtp: &'static str) -> &'static str {
        if self.shared.config.protocol == Protocol::Lmtp { lmtp } else { smtp }
    }

    async fn close<S: AsyncWrite + Unpin>(mut self, mut stream: S) -> io::Result<Ended<S>> {
        self.flush(&mut stream).await?;
        stream.shutdown().await?;
        Ok(Ended::Closed)
    }

    async fn end_chunk(&mut self, last: bool, keep: bool) {
        if !keep {
            self.refuse("503 5.5.1 no valid recipients");
        } else if last {
            let chunks =
                self.transaction.as_mut().and_then(|transaction| transaction.chunks.take());
            let shared = &self.shared;
            let empty = || Mail::new(shared.config.max_size, shared.memory.clone());
            let mail = chunks.unwrap_or_else(empty);
            self.finish(mail, false).await;
        } else {
            self.say("250 2.0.0 continue");
        }
    }

    /// The mail is complete: it is refused, or handed to the hub and answered as that tells (`D1`).
    async fn finish(&mut self, mut mail: Mail, ambiguous: bool) {
        let Some(transaction) = self.transaction.take() else {
            return self.refuse("503 5.5.1 no mail was announced");
        };
        let refusal = match mail.fault() {
            Some(Fault::TooBig) => Some("552 5.3.4 the mail is too large"),
            Some(Fault::NoRoom) => Some("452 4.3.1 no room for the moment, try again later"),
            None if ambiguous => Some("554 5.6.0 bare CR or LF around a dot"),
            None => None,
        };
        if let Some(refusal) = refusal {
            tracing::info!(peer = %self.peer, refusal, "a mail was refused");
            self.errors += 1;
            return self.answer(vec![refusal; transaction.recipients.len()]);
        }
        let bytes = Bytes::from(std::mem::take(&mut mail.bytes));
        let size = bytes.len();
        let results =
            deliver(&self.shared, &transaction.sender, &transaction.recipients, bytes).await;
        self.errors = 0;
        for (recipient, result) in transaction.recipients.iter().zip(&results) {
            match result {
                Ok(receipted) => tracing::debug!(
                    peer = %self.peer, channel = %recipient.channel, size, fresh = receipted.fresh,
                    "a mail was taken"
                ),
                Err(refused) => tracing::warn!(
                    peer = %self.peer, channel = %recipient.channel, size, %refused,
                    "a mail was put off"
                ),
            }
        }
        self.taken = true;
        self.answer(results.iter().map(told).collect());
    }

    /// One answer for each recipient in LMTP; in SMTP one for all, the worst.
    fn answer(&mut self, answers: Vec<&str>) {
        if self.shared.config.protocol == Protocol::Lmtp {
            for answer in answers {
                self.say(answer);
            }
        } else {
            let worst = answers.iter().find(|answer| !answer.starts_with('2'));
            let worst = worst.or(answers.first()).copied();
            self.say(worst.unwrap_or("554 5.5.1 no valid recipients"));
        }
    }
}

fn told<T>(result: &Result<T, Refused>) -> &'static str {
    match result {
        Ok(_) => "250 2.0.0 taken",
        Err(Refused::Full) => "452 4.3.1 no room for the moment, try again later",
        Err(Refused::Unavailable | Refused::Conflict) => "451 4.3.0 not now, try again later",
    }
}
