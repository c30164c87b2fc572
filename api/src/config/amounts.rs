//! How much of something: of requests, of work at once, of a password.

use std::fmt;

/// Requests a minute, by who sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Of everybody at one network address (IPv6: one /64) who has no credentials.
    pub address: u32,
    /// Of an account.
    pub member: u32,
    /// Of an API key that has no quota of its own.
    pub key: u32,
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{}", self.address, self.member, self.key)
    }
}

/// How much is allowed, by class of route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Public reads, whatever leads nowhere, and carrying sessions on or ending them.
    pub reads: Quota,
    /// Public writes.
    pub writes: Quota,
    /// Everything else under `/auth`: only that of the address counts, whoever asks.
    pub sign_ins: Quota,
    /// Everything under `/manage` and `/me`.
    pub manage: Quota,
}

impl Default for Limits {
    fn default() -> Self {
        let quota = |address, member, key| Quota {
            address,
            member,
            key,
        };
        Self {
            reads: quota(600, 1200, 6000),
            writes: quota(60, 120, 600),
            sign_ins: quota(30, 30, 30),
            manage: quota(60, 600, 1200),
        }
    }
}

/// How many answers of a class are made at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Public reads.
    pub reads: usize,
    /// Public writes.
    pub writes: usize,
    /// Everything else under `/auth`.
    pub sign_ins: usize,
    /// Everything under `/manage` and `/me`.
    pub manage: usize,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            reads: 512,
            writes: 192,
            sign_ins: 64,
            manage: 128,
        }
    }
}

/// What passwords may be, and what hashing one costs (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRules {
    /// The fewest characters of a new one.
    pub min_length: usize,
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// How many are hashed side by side; 0: a quarter of the cores.
    pub threads: usize,
}

impl Default for PasswordRules {
    /// NIST SP 800-63B-4 asks for 15 characters where a password is the only factor. The cost is
    /// one of the OWASP recommendations: 19 MiB, two passes.
    fn default() -> Self {
        Self {
            min_length: 15,
            memory_kib: 19_456,
            iterations: 2,
            threads: 0,
        }
    }
}
