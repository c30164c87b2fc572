//! A reader that knows which line it is on, so that a message can name it.

use std::io::{BufRead, Read, Result};

/// Counts what is consumed, not what is buffered: the line is that of the parser, not of the disk.
#[derive(Debug)]
pub(super) struct LineCounter<R> {
    inner: R,
    line: u64,
    bytes: u64,
}

impl<R> LineCounter<R> {
    pub(super) const fn new(inner: R) -> Self {
        Self {
            inner,
            line: 1,
            bytes: 0,
        }
    }

    /// The line of the next byte, counted from 1.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }

    /// Bytes consumed so far.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn passed(&mut self, ends: u64, bytes: usize) {
        self.line = self.line.saturating_add(ends);
        self.bytes = self
            .bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |ends: u64, byte| {
        ends.saturating_add(u64::from(*byte == b'\n'))
    })
}

impl<R: BufRead> Read for LineCounter<R> {
    fn read(&mut self, target: &mut [u8]) -> Result<usize> {
        let taken = self.inner.read(target)?;
        self.passed(line_ends(target.get(..taken).unwrap_or_default()), taken);
        Ok(taken)
    }
}

impl<R: BufRead> BufRead for LineCounter<R> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        // What was filled is still in the buffer, so looking at it again costs no read.
        if let Ok(buffer) = self.inner.fill_buf() {
            let ends = line_ends(buffer.get(..amount).unwrap_or(buffer));
            self.passed(ends, amount);
        }
        self.inner.consume(amount);
    }
}
