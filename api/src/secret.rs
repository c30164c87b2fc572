//! The root secret and what derives from it.
//!
//! One value, the same on every node, is all that has to be kept. Each use has its own key,
//! derived with its own context, so that no use can be turned against another.

use std::{
    collections::HashSet,
    fmt, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::id::CommentId;

use crate::{
    config::{Config, Database},
    ids::random_bytes,
};

/// The shortest root that is accepted, in bytes. One we make is 43 characters.
const MIN_ROOT: usize = 32;
/// The fewest different characters of a root. One that was drawn has more, whatever its alphabet.
const MIN_DIFFERENT: usize = 8;
/// What stands in instructions where a secret is to be put. None of it comes about by chance.
const PLACEHOLDERS: [&str; 8] = [
    "changeme",
    "changethis",
    "example",
    "placeholder",
    "replaceme",
    "replacethis",
    "supersecret",
    "yoursecret",
];

/// Why there is no secret to start with.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// PostgreSQL is shared by several nodes, and so must the secret be.
    #[error(
        "With PostgreSQL the secret must be given, the same on every node. This is a fresh one, made just now:\n\n    \
         BROADSHEET_SECRET={suggestion}\n\nSet it in the environment (or put the value in a file and set BROADSHEET_SECRET_FILE) and start again."
    )]
    Required {
        /// A fresh random value, ready to be used.
        suggestion: String,
    },
    /// A short secret can be guessed.
    #[error(
        "The secret from {origin} has {length} characters; it needs at least 32. This is a fresh one, made just now:\n\n    \
         BROADSHEET_SECRET={suggestion}"
    )]
    TooShort {
        /// Where it was read.
        origin: String,
        /// How long it is.
        length: usize,
        /// A fresh random value, ready to be used.
        suggestion: String,
    },
    /// A secret that was copied from somewhere, others have too.
    #[error(
        "The secret from {origin} was made up or copied: {sign}. This is a fresh one, made just now:\n\n    \
         BROADSHEET_SECRET={suggestion}"
    )]
    Example {
        /// Where it was read.
        origin: String,
        /// What shows it.
        sign: &'static str,
        /// A fresh random value, ready to be used.
        suggestion: String,
    },
    /// The file could not be read or written.
    #[error(
        "The secret file {} cannot be used: {cause}. See that this user can read it (and make it, beside an SQLite file), or set BROADSHEET_SECRET instead.", path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// No randomness, no secret.
    #[error(
        "A secret cannot be made: {0}. Set BROADSHEET_SECRET to at least 32 random characters."
    )]
    Random(io::Error),
}

/// What a keyed hash is for. Each use has a key of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// What a limit that all nodes share counts for.
    Attempts,
    /// A network from which an account has signed in.
    KnownAddress,
    /// A network from which a comment came.
    CommentAddress,
    /// An e-mail address that was given with a comment.
    CommentEmail,
    /// What opens a preview link.
    PreviewLink,
    /// What shows that a refresh token is one of ours.
    RefreshTag,
    /// The secret part of the refresh token that follows one.
    RefreshSuccessor,
}

impl Use {
    const fn context(self) -> &'static str {
        match self {
            Self::Attempts => "broadsheet 2026-11-23 attempts",
            Self::KnownAddress => "broadsheet 2026-11-23 known address",
            Self::CommentAddress => "broadsheet 2026-11-28 address of a comment",
            Self::CommentEmail => "broadsheet 2026-11-28 e-mail address of a comment",
            Self::PreviewLink => "broadsheet 2026-11-28 preview link",
            Self::RefreshTag => "broadsheet 2026-11-23 refresh token tag",
            Self::RefreshSuccessor => "broadsheet 2026-11-23 refresh token successor",
        }
    }
}

/// The keys that derive from the root secret. It never shows them.
#[derive(Clone)]
pub struct Secret {
    cursor: [u8; 32],
    edit: [u8; 32],
    seal: [u8; 32],
    hash: [u8; 32],
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Secret {
    /// Derives the keys from a root.
    #[must_use]
    pub fn from_root(root: &[u8]) -> Self {
        Self {
            cursor: blake3::derive_key("broadsheet 2026-11-23 cursor MAC", root),
            edit: blake3::derive_key("broadsheet 2026-11-23 guest edit token", root),
            seal: blake3::derive_key("broadsheet 2026-11-23 sealed values", root),
            hash: blake3::derive_key("broadsheet 2026-11-23 keyed hashes", root),
        }
    }

    /// Finds the root secret that the configuration names, or, beside an SQLite file, makes one.
    pub fn resolve(config: &Config) -> Result<Self, SecretError> {
        if let Some(root) = config.secret.as_ref() {
            return checked(root.expose(), "BROADSHEET_SECRET");
        }
        if let Some(path) = config.secret_file.as_deref() {
            return read(path);
        }
        match config.database() {
            Database::Sqlite(path) => {
                let path = beside(&path);
                if !path.exists() {
                    make(&path)?;
                }
                read(&path)
            }
            Database::Postgres => {
                let suggestion = fresh().map_err(SecretError::Random)?;
                Err(SecretError::Required { suggestion })
            }
        }
    }

    /// The MAC that makes a cursor ours.
    pub(crate) fn cursor_tag(&self, bound_to: &str, position: &[u8]) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new_keyed(&self.cursor);
        // The length keeps the two parts from running into each other.
        hasher.update(
            &u64::try_from(bound_to.len())
                .unwrap_or(u64::MAX)
                .to_le_bytes(),
        );
        hasher.update(bound_to.as_bytes());
        hasher.update(position);
        let mut tag = [0; 16];
        hasher.finalize_xof().fill(&mut tag);
        tag
    }

    /// What a guest shows to change their own comment. A MAC of its id: nothing to store.
    #[must_use]
    pub fn edit_token(&self, comment: CommentId) -> String {
        BASE64URL_NOPAD.encode(self.edit_tag(comment).as_bytes())
    }

    /// Whether `token` is the one that was given to the guest who wrote `comment`.
    #[must_use]
    pub fn is_edit_token(&self, comment: CommentId, token: &str) -> bool {
        BASE64URL_NOPAD
            .decode(token.as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            // Comparing blake3::Hash values takes the same time whatever they are.
            .is_some_and(|bytes| blake3::Hash::from_bytes(bytes) == self.edit_tag(comment))
    }

    /// Encrypts what only holders of this secret may read (AES-256-GCM under a fresh nonce), as
    /// base64url. It opens only together with the same `label`.
    pub fn seal(&self, plain: &[u8], label: &str) -> io::Result<String> {
        let failed = || io::Error::other("the value could not be sealed");
        let nonce = random_bytes::<NONCE_LEN>()?;
        let mut body = plain.to_vec();
        let (key, aad) = (self.sealing_key(), Aad::from(label.as_bytes()));
        key.and_then(|key| {
            let nonce = Nonce::assume_unique_for_key(nonce);
            key.seal_in_place_append_tag(nonce, aad, &mut body).ok()
        })
        .ok_or_else(failed)?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), body.as_slice()].concat()))
    }

    /// What [`seal`](Self::seal) was given; `None` when this is another secret or label, or a
    /// byte has changed.
    #[must_use]
    pub fn open(&self, sealed: &str, label: &str) -> Option<Vec<u8>> {
        let sealed = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let aad = Aad::from(label.as_bytes());
        let plain = self.sealing_key()?.open_in_place(nonce, aad, &mut body);
        plain.ok().map(|plain| plain.to_vec())
    }

    fn sealing_key(&self) -> Option<LessSafeKey> {
        let key = UnboundKey::new(&AES_256_GCM, &self.seal).ok()?;
        Some(LessSafeKey::new(key))
    }

    /// A keyed hash, in hexadecimal: nobody without the secret can compute or confirm it.
    #[must_use]
    pub fn keyed_hash(&self, use_: Use, parts: &[&[u8]]) -> String {
        self.mac(use_, parts).to_hex().to_string()
    }

    /// The same as bytes. Where one part ends and the next begins is part of what is hashed.
    pub(crate) fn mac(&self, use_: Use, parts: &[&[u8]]) -> blake3::Hash {
        let key = blake3::derive_key(use_.context(), &self.hash);
        let mut hasher = blake3::Hasher::new_keyed(&key);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            hasher.update(&length.to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize()
    }

    fn edit_tag(&self, comment: CommentId) -> blake3::Hash {
        blake3::keyed_hash(&self.edit, &comment.raw().to_le_bytes())
    }
}

/// A fresh root secret.
pub fn fresh() -> io::Result<String> {
    Ok(BASE64URL_NOPAD.encode(&random_bytes::<32>()?))
}

/// A fresh API key: `bsk_` and 32 random bytes as text.
pub fn fresh_api_key() -> io::Result<String> {
    Ok(format!(
        "{API_KEY_PREFIX}{}",
        BASE64URL_NOPAD.encode(&random_bytes::<32>()?)
    ))
}

/// What every API key begins with, so that scanners for leaked secrets can find one.
pub const API_KEY_PREFIX: &str = "bsk_";

/// How an API key is stored. It holds 256 random bits, so one fast hash is enough.
#[must_use]
pub fn api_key_hash(key: &str) -> String {
    HEXLOWER.encode(blake3::hash(key.as_bytes()).as_bytes())
}

fn checked(root: &str, origin: &str) -> Result<Secret, SecretError> {
    if root.len() < MIN_ROOT {
        return Err(SecretError::TooShort {
            origin: origin.to_owned(),
            length: root.len(),
            suggestion: fresh().map_err(SecretError::Random)?,
        });
    }
    if let Some(sign) = sign_of_example(root) {
        return Err(SecretError::Example {
            origin: origin.to_owned(),
            sign,
            suggestion: fresh().map_err(SecretError::Random)?,
        });
    }
    Ok(Secret::from_root(root.as_bytes()))
}

/// What shows that nobody drew this root at random. None of it is met in one that was drawn.
fn sign_of_example(root: &str) -> Option<&'static str> {
    let bytes = root.as_bytes();
    let different: HashSet<&u8> = bytes.iter().collect();
    if different.len() < MIN_DIFFERENT {
        return Some("it has fewer than 8 different characters");
    }
    let repeats = |piece| {
        bytes
            .iter()
            .skip(piece)
            .eq(bytes.iter().take(bytes.len() - piece))
    };
    if (1..=bytes.len() / 2).any(repeats) {
        return Some("it says the same again and again");
    }
    let letters = root.chars().filter(char::is_ascii_alphanumeric);
    let letters = letters.collect::<String>().to_ascii_lowercase();
    let stands_in = PLACEHOLDERS.iter().any(|word| letters.contains(word));
    stands_in.then_some("it has words in it that stand where a secret is to be put")
}

fn read(path: &Path) -> Result<Secret, SecretError> {
    let text = fs::read_to_string(path).map_err(|cause| SecretError::File {
        path: path.to_owned(),
        cause,
    })?;
    checked(text.trim(), &path.display().to_string())
}

/// `data/broadsheet.db` keeps its secret in `data/broadsheet.db.secret`.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".secret");
    PathBuf::from(name)
}

/// Writes a fresh secret that only its owner can read. When two processes start at once, the
/// first to create the file wins and the other reads it.
fn make(path: &Path) -> Result<(), SecretError> {
    let failed = |cause| SecretError::File {
        path: path.to_owned(),
        cause,
    };
    let secret = fresh().map_err(SecretError::Random)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // Written whole under another name first, so that nobody ever reads half of it. No other
    // process draws that name; their ids are the same in two containers that share a folder.
    let unique = HEXLOWER.encode(&random_bytes::<8>().map_err(SecretError::Random)?);
    let draft = path.with_extension(format!("secret-{unique}"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&draft).map_err(failed)?;
    writeln!(file, "{secret}")
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft).map_err(failed)?;
    match linked {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => Err(failed(cause)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_edit_token_fits_its_own_comment_only() {
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        let token = secret.edit_token(CommentId::from_raw(1));
        assert!(secret.is_edit_token(CommentId::from_raw(1), &token));
        assert!(!secret.is_edit_token(CommentId::from_raw(2), &token));
        assert!(!secret.is_edit_token(CommentId::from_raw(1), ""));
        let other = Secret::from_root(b"ffffffffffffffffffffffffffffffff");
        assert!(!other.is_edit_token(CommentId::from_raw(1), &token));
    }

    #[test]
    fn a_sealed_value_opens_with_its_secret_and_label_only() {
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        let sealed = secret.seal(b"private", "kid").unwrap();
        assert_eq!(secret.open(&sealed, "kid").unwrap(), b"private");
        assert_ne!(sealed, secret.seal(b"private", "kid").unwrap());
        assert!(secret.open(&sealed, "other").is_none());
        let other = Secret::from_root(b"ffffffffffffffffffffffffffffffff");
        assert!(other.open(&sealed, "kid").is_none());
        for text in ["", "AAAA", "not base64url!"] {
            assert!(secret.open(text, "kid").is_none(), "{text}");
        }
    }

    #[test]
    fn a_keyed_hash_depends_on_its_use_and_on_where_its_parts_end() {
        let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
        let hash = |use_, parts: &[&[u8]]| secret.keyed_hash(use_, parts);
        let one = hash(Use::Attempts, &[b"ab", b"c"]);
        assert_eq!(one, hash(Use::Attempts, &[b"ab", b"c"]));
        assert_eq!(one.len(), 64);
        assert_ne!(one, hash(Use::Attempts, &[b"a", b"bc"]));
        assert_ne!(one, hash(Use::KnownAddress, &[b"ab", b"c"]));
    }

    proptest! {
        #[test]
        fn no_bent_seal_opens(plain in prop::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>(), bits in 1_u8..) {
            let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
            let sealed = secret.seal(&plain, "label").unwrap();
            prop_assert_eq!(secret.open(&sealed, "label"), Some(plain));
            let mut bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
            prop_assert_eq!(secret.open(&BASE64URL_NOPAD.encode(&bytes), "label"), None);
        }

        #[test]
        fn opening_any_text_is_harmless(text in "\\PC{0,80}") {
            let secret = Secret::from_root(b"0123456789abcdef0123456789abcdef");
            prop_assert_eq!(secret.open(&text, "label"), None);
        }
    }

    #[test]
    fn the_file_is_made_once_and_only_its_owner_reads_it() {
        let folder = std::env::temp_dir().join(format!("broadsheet-{}", fresh().unwrap()));
        let path = beside(&folder.join("news.db"));
        make(&path).unwrap();
        let first = fs::read_to_string(&path).unwrap();
        make(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn starting_side_by_side_makes_one_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("news.db"));
        let starts: Vec<_> = (0..16)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || {
                    make(&path).unwrap();
                    fs::read_to_string(&path).unwrap()
                })
            })
            .collect();
        let read: HashSet<String> = starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect();
        assert_eq!(
            read.len(),
            1,
            "nobody reads a secret that is replaced later"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_short_secret_is_refused_with_a_better_one() {
        let error = checked("secret", "BROADSHEET_SECRET").unwrap_err();
        assert!(error.to_string().contains("BROADSHEET_SECRET="));
    }

    #[test]
    fn an_example_is_no_secret() {
        for (example, sign) in [
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "8 different"),
            ("00000000-0000-0000-0000-000000000000", "8 different"),
            ("changemechangemechangemechangeme", "8 different"),
            ("0123456789abcdef0123456789abcdef", "again and again"),
            ("my-own-words my-own-words my-own", "again and again"),
            ("CHANGE-ME-to-a-long-random-string", "stand where"),
            ("<replace this by 32 random bytes>", "stand where"),
            ("an_Example_secret_of_40_characters_12345", "stand where"),
        ] {
            let said = checked(example, "BROADSHEET_SECRET")
                .unwrap_err()
                .to_string();
            assert!(said.contains(sign), "{example}: {said}");
            assert!(
                said.contains("BROADSHEET_SECRET=") && !said.contains(example),
                "{said}"
            );
        }
    }

    #[test]
    fn what_was_drawn_is_a_secret() {
        for _ in 0..1_000 {
            let drawn = random_bytes::<32>().unwrap();
            for root in [fresh().unwrap(), HEXLOWER.encode(&drawn)] {
                assert!(checked(&root, "BROADSHEET_SECRET").is_ok(), "{root}");
            }
        }
        let words = "the ferry was late on all three days";
        assert!(checked(words, "BROADSHEET_SECRET").is_ok());
    }
}
