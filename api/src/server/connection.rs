//! A connection that does not wait for ever.
//!
//! Actix watches the first request head and nothing after it. This wrapper has a deadline for
//! every further head, for the pause before it, and for a client that does not read what it
//! asked for. The body of a request has its own deadline where it is read, which can answer 408.

use std::{
    cell::Cell,
    future::Future as _,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::rt::net::TcpStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

/// A head is here this long after its first byte.
const HEAD: Duration = Duration::from_secs(12);
/// Nothing at all may come for this long. Actix ends most pauses sooner.
const SILENCE: Duration = Duration::from_secs(11);
/// A client may take this long to notice that its connection is over.
const HANGING_UP: Duration = Duration::from_secs(3);
/// A client may take this long to read the beginning of an answer …
const READING: Duration = Duration::from_secs(10);
/// … and one second more for each so many bytes.
const BYTES_PER_SECOND: u64 = 16 * 1024;

/// How far a connection is, shared by the connection and the requests on it.
#[derive(Debug, Clone)]
pub(crate) struct Progress(Rc<State>);

#[derive(Debug)]
struct State {
    /// Requests that are being answered.
    busy: Cell<u32>,
    /// When the last answer was ready, or the connection made.
    idle_since: Cell<Instant>,
    /// When the first byte of the next head came.
    head_since: Cell<Option<Instant>>,
    /// Whether the answer is the last one on this connection.
    last: Cell<bool>,
    /// Whether an answer of ours is on its way out. Otherwise what is written comes from the
    /// HTTP layer itself: its refusal of something that is no request.
    ours: Cell<bool>,
    /// When the client first left bytes of the present answer lying, and how many went since.
    stalled: Cell<Option<(Instant, u64)>>,
}

impl Progress {
    fn new() -> Self {
        Self(Rc::new(State {
            busy: Cell::new(0),
            idle_since: Cell::new(Instant::now()),
            head_since: Cell::new(None),
            last: Cell::new(false),
            ours: Cell::new(false),
            stalled: Cell::new(None),
        }))
    }

    /// Says that a request is being answered, until the guard goes.
    pub(crate) fn busy(&self) -> Busy {
        let state = &self.0;
        state.busy.set(state.busy.get() + 1);
        state.head_since.set(None);
        state.ours.set(true);
        Busy(self.clone())
    }

    /// Says that the connection ends with the present answer.
    pub(crate) fn hang_up(&self) {
        self.0.last.set(true);
    }

    fn is_busy(&self) -> bool {
        self.0.busy.get() > 0
    }

    fn received(&self) {
        if !self.is_busy() && self.0.head_since.get().is_none() {
            self.0.head_since.set(Some(Instant::now()));
        }
    }

    fn sent(&self, bytes: usize) {
        if let Some((since, before)) = self.0.stalled.get() {
            let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
            self.0
                .stalled
                .set(Some((since, before.saturating_add(bytes))));
        }
    }

    fn stalled(&self) {
        if self.0.stalled.get().is_none() {
            self.0.stalled.set(Some((Instant::now(), 0)));
        }
    }

    fn flushed(&self) {
        self.0.stalled.set(None);
        if !self.is_busy() {
            self.0.ours.set(false);
        }
    }

    /// When this connection has waited long enough.
    fn deadline(&self) -> Option<Instant> {
        let state = &self.0;
        let reading = state.stalled.get().map(|(since, sent)| {
            since + READING + Duration::from_millis(sent.saturating_mul(1000) / BYTES_PER_SECOND)
        });
        let asking = match (self.is_busy(), state.head_since.get()) {
            (true, _) => None,
            (false, _) if state.last.get() => Some(state.idle_since.get() + HANGING_UP),
            (false, Some(since)) => Some(since + HEAD),
            (false, None) => Some(state.idle_since.get() + SILENCE),
        };
        match (reading, asking) {
            // While an answer lies unread, the next request is not waited for.
            (Some(reading), _) => Some(reading),
            (None, asking) => asking,
        }
    }
}

/// A request that is being answered.
pub(crate) struct Busy(Progress);

impl Drop for Busy {
    fn drop(&mut self) {
        let state = &self.0.0;
        state.busy.set(state.busy.get().saturating_sub(1));
        state.idle_since.set(Instant::now());
    }
}

/// A TCP connection with deadlines.
pub(super) struct Timed {
    stream: TcpStream,
    progress: Progress,
    timer: Pin<Box<Sleep>>,
    refuse: Rc<dyn Fn(u16) -> Vec<u8>>,
    /// Our form of a refusal by the HTTP layer, and how much of it has gone.
    instead: Option<(Vec<u8>, usize)>,
}

impl Timed {
    pub(super) fn new(stream: TcpStream, refuse: Rc<dyn Fn(u16) -> Vec<u8>>) -> Self {
        let timer = Box::pin(sleep_until(Instant::now() + SILENCE));
        Self {
            stream,
            progress: Progress::new(),
            timer,
            refuse,
            instead: None,
        }
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Fails when the deadline has passed, and else sees to it that the task is woken then.
    fn in_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let Some(deadline) = self.progress.deadline() else {
            return Ok(());
        };
        if Instant::now() >= deadline {
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the client took too long",
            ));
        }
        // A timer that rings early is set again; one that would ring late is set now.
        if self.timer.deadline() > deadline || self.timer.is_elapsed() {
            self.timer.as_mut().reset(deadline);
        }
        if self.timer.as_mut().poll(context).is_ready() {
            self.timer.as_mut().reset(deadline);
            let _ = self.timer.as_mut().poll(context);
        }
        Ok(())
    }

    /// Writes our form of a refusal in place of the HTTP layer's own, which has no body.
    fn poll_instead(
        &mut self,
        context: &mut Context<'_>,
        theirs: usize,
    ) -> Poll<io::Result<usize>> {
        while let Some((ours, gone)) = &mut self.instead {
            let rest = ours.get(*gone..).unwrap_or_default();
            if rest.is_empty() {
                self.instead = None;
                break;
            }
            match Pin::new(&mut self.stream).poll_write(context, rest) {
                Poll::Ready(Ok(written)) => *gone += written,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.progress.stalled();
                    self.in_time(context)?;
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(theirs))
    }
}

/// The status of a whole answer without a body, if these bytes are one that refuses.
fn bare_refusal(bytes: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(bytes).ok()?;
    let status = text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    ((400..600).contains(&status) && text.ends_with("\r\n\r\n")).then_some(status)
}

impl AsyncRead for Timed {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(context, buffer) {
            Poll::Ready(read) => {
                if buffer.filled().len() > before {
                    this.progress.received();
                    // A head that comes in drops is cut, however lively it drips.
                    this.in_time(context)?;
                }
                Poll::Ready(read)
            }
            Poll::Pending => {
                this.in_time(context)?;
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Timed {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.instead.is_none()
            && !this.progress.0.ours.get()
            && let Some(status) = bare_refusal(bytes)
        {
            this.instead = Some(((this.refuse)(status), 0));
        }
        if this.instead.is_some() {
            return this.poll_instead(context, bytes.len());
        }
        match Pin::new(&mut this.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(written)) => {
                this.progress.sent(written);
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                this.progress.stalled();
                this.in_time(context)?;
                Poll::Pending
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(context))?;
        this.progress.flushed();
        // From here on the next request is waited for, and nobody may look before it comes.
        this.in_time(context)?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_refusals_without_a_body_are_taken_for_such() {
        assert_eq!(
            bare_refusal(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"),
            Some(400)
        );
        assert_eq!(bare_refusal(b"HTTP/1.1 200 OK\r\n\r\n"), None);
        assert_eq!(bare_refusal(b"HTTP/1.1 404 Not Found\r\n\r\n{}"), None);
        assert_eq!(bare_refusal(b"HTTP/1.1 100 Continue\r\n\r\n"), None);
        assert_eq!(bare_refusal(b"\xff"), None);
    }
}
