//! What each command does.

use std::borrow::Cow;

use smtp_proto::{Error, MailFrom, Request};

use super::{DataReader, Mail, Mode, Next, Recipient, Session, Transaction};
use crate::{
    address::{normalise, split_tag},
    server::Protocol,
};

/// The longest command.
const MAX_LINE: usize = 4096;

impl Session {
    /// Does one command, given as its whole line.
    pub(super) fn command(&mut self, line: &[u8], mode: &mut Mode) -> Next {
        if line.len() > MAX_LINE {
            self.refuse("500 5.5.2 the line is too long");
            return Next::Continue;
        }
        match Request::parse(&mut line.iter()) {
            Ok(request) => return self.request(request, mode),
            Err(Error::UnknownCommand | Error::NeedsMoreData { .. }) => {
                self.refuse("500 5.5.1 not a command");
            }
            Err(Error::InvalidSenderAddress) => self.refuse("501 5.1.7 not a sender's address"),
            Err(Error::InvalidRecipientAddress) => {
                self.refuse("501 5.1.3 not a recipient's address");
            }
            Err(Error::SyntaxError { syntax }) => self.refuse(&format!("501 5.5.2 say: {syntax}")),
            Err(Error::UnsupportedParameter { .. }) => {
                self.refuse("555 5.5.4 a parameter is not supported");
            }
            Err(_) => self.refuse("501 5.5.4 a parameter is wrong"),
        }
        Next::Continue
    }

    fn request(&mut self, request: Request<Cow<'_, str>>, mode: &mut Mode) -> Next {
        let lmtp = self.shared.config.protocol == Protocol::Lmtp;
        match request {
            Request::Ehlo { .. } if !lmtp => self.greet(true),
            Request::Helo { .. } if !lmtp => self.greet(false),
            Request::Lhlo { .. } if lmtp => self.greet(true),
            Request::Ehlo { .. } | Request::Helo { .. } | Request::Lhlo { .. } => {
                let right = if lmtp { "LHLO" } else { "EHLO" };
                self.refuse(&format!("500 5.5.1 say {right}"));
            }
            Request::Mail { from } => self.mail(from),
            Request::Rcpt { to } => self.rcpt(&to.address),
            Request::Data => self.data(mode),
            Request::Bdat { chunk_size, is_last } => {
                let keep = self.transaction.as_ref().is_some_and(|it| !it.recipients.is_empty());
                *mode = Mode::Chunk { left: chunk_size, last: is_last, keep };
            }
            Request::Rset => {
                self.transaction = None;
                self.say("250 2.0.0 forgotten");
            }
            Request::Noop { .. } => self.say("250 2.0.0 ok"),
            Request::Help { .. } => self.say("214 2.0.0 see RFC 5321"),
            Request::Vrfy { .. } => self.say("252 2.1.5 send a mail to find out"),
            Request::Quit => {
                self.say("221 2.0.0 bye");
                return Next::Close;
            }
            Request::StartTls if self.encrypted => self.refuse("503 5.5.1 already encrypted"),
            Request::StartTls if self.shared.config.tls.is_some() => return Next::StartTls,
            _ => self.refuse("502 5.5.1 not supported"),
        }
        Next::Continue
    }

    fn greet(&mut self, extended: bool) {
        self.greeted = true;
        self.transaction = None;
        let host = self.shared.config.hostname.clone();
        if !extended {
            return self.say(&format!("250 {host}"));
        }
        let size = self.shared.config.max_size;
        for line in [
            format!("250-{host}"),
            "250-PIPELINING".into(),
            format!("250-SIZE {size}"),
            "250-8BITMIME".into(),
            "250-SMTPUTF8".into(),
            "250-ENHANCEDSTATUSCODES".into(),
        ] {
            self.say(&line);
        }
        if self.shared.config.tls.is_some() && !self.encrypted {
            self.say("250-STARTTLS");
        }
        self.say("250 CHUNKING");
    }

    fn mail(&mut self, from: MailFrom<Cow<'_, str>>) {
        if !self.greeted {
            self.refuse("503 5.5.1 greet first");
        } else if self.transaction.is_some() {
            self.refuse("503 5.5.1 one mail after the other");
        } else if from.size > self.shared.config.max_size {
            self.refuse("552 5.3.4 the mail is too large");
        } else {
            let sender = from.address.into_owned();
            self.transaction = Some(Transaction { sender, ..Transaction::default() });
            self.say("250 2.1.0 ok");
        }
    }

    fn rcpt(&mut self, address: &str) {
        let Some(transaction) = &mut self.transaction else {
            return self.refuse("503 5.5.1 say MAIL first");
        };
        if transaction.recipients.len() >= self.shared.config.max_recipients {
            return self.refuse("452 4.5.3 too many recipients");
        }
        let Some(address) = normalise(address) else {
            return self.refuse("553 5.1.3 not an address of here");
        };
        let mailbox = split_tag(&address).0;
        let Some(channel) = self.shared.mailboxes.resolve(&mailbox) else {
            if self.shared.mailboxes.is_away(&mailbox) {
                return self.say("451 4.2.1 not in operation for the moment, try again later");
            }
            return self.refuse("550 5.1.1 nobody of that name here");
        };
        transaction.recipients.push(Recipient { address, channel });
        self.say("250 2.1.5 ok");
    }

    fn data(&mut self, mode: &mut Mode) {
        match &self.transaction {
            None => self.refuse("503 5.5.1 say MAIL first"),
            Some(transaction) if transaction.recipients.is_empty() => {
                self.refuse("554 5.5.1 no valid recipients");
            }
            Some(transaction) if transaction.chunks.is_some() => {
                self.refuse("503 5.5.1 the mail came in chunks");
            }
            Some(_) => {
                let config = &self.shared.config;
                let mail = Mail::new(config.max_size, self.shared.memory.clone());
                *mode = Mode::Data(DataReader::new(), mail);
                self.say("354 end with a dot on a line of its own");
            }
        }
    }
}
