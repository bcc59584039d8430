//! The connection under lettre's dialogue.
//!
//! lettre writes a mail and its final dot apart, flushes after each, and leaves Nagle's algorithm on: each mail
//! then waits for a delayed acknowledgement, 40 ms. Here a flush does nothing; what was written goes out together
//! when an answer is awaited, which is the only time when it has to. It also knows that moment, and so
//! whether the final dot ever left: the line between "surely not sent" and "unknown" (`D6`).

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::client::TlsStream;

/// What is gathered before it is written without being asked.
const GATHER: usize = 64 << 10;

/// Whether all that was written has gone to the network.
#[derive(Clone, Debug, Default)]
pub(super) struct Gone(Arc<AtomicBool>);

impl Gone {
    /// Forgets what went before.
    pub(super) fn reset(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Whether an answer was awaited since, which happens when everything is out.
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A TCP connection that writes when an answer is awaited.
#[derive(Debug)]
pub(super) struct Wire {
    inner: TcpStream,
    out: Vec<u8>,
    written: usize,
    gone: Gone,
}

impl Wire {
    pub(super) fn new(inner: TcpStream) -> io::Result<(Self, Gone)> {
        inner.set_nodelay(true)?;
        let gone = Gone::default();
        Ok((Self { inner, out: Vec::new(), written: 0, gone: gone.clone() }, gone))
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.out.len() {
            let rest = &self.out[self.written..];
            let count = ready!(Pin::new(&mut self.inner).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += count;
        }
        self.out.clear();
        self.out.shrink_to(GATHER);
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        self.gone.0.store(true, Ordering::SeqCst);
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.out.len() >= GATHER {
            ready!(self.poll_drain(cx))?;
        }
        let count = buf.len().min(GATHER);
        self.out.extend_from_slice(&buf[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_drain(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.peer_addr()
    }
}

/// The same, encrypted from the first byte.
#[derive(Debug)]
pub(super) struct Encrypted(pub(super) TlsStream<Wire>);

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}
