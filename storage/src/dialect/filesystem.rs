//! Where a SQLite file may lie. Its locks and its shared memory do not work across
//! machines, and a database on a network drive is damaged sooner or later.

use std::path::Path;

use crate::error::Error;

const NETWORK: &[&str] = &[
    "afs",
    "cifs",
    "fuse.sshfs",
    "ncpfs",
    "nfs",
    "nfs4",
    "smb2",
    "smb3",
    "smbfs",
];

/// Refuses a directory on a network drive. What cannot be found out is allowed: only
/// Linux lists its mounts in this way.
pub(crate) fn check_local(directory: &Path) -> Result<(), Error> {
    let Ok(mounts) = std::fs::read_to_string("/proc/mounts") else {
        return Ok(());
    };
    let Ok(directory) = directory.canonicalize() else {
        return Ok(());
    };
    match kind_of(&mounts, &directory) {
        Some(kind) if NETWORK.contains(&kind) => Err(Error::Unsupported(format!(
            "{} is a network drive ({kind}), where SQLite cannot keep a database safe. Name a \
             file on a local disk, or use PostgreSQL",
            directory.display()
        ))),
        _ => Ok(()),
    }
}

/// The kind of the file system a path lies in: that of the longest mount point above
/// it, the last one mounted if there are several.
fn kind_of<'m>(mounts: &'m str, path: &Path) -> Option<&'m str> {
    let mut found: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (_, Some(point), Some(kind)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let point = point.replace("\\040", " ");
        let longest = found.is_none_or(|(length, _)| point.len() >= length);
        if longest && path.starts_with(&point) {
            found = Some((point.len(), kind));
        }
    }
    found.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_counts() {
        let mounts = "/dev/a / ext4 rw 0 0\nhost:/x /srv nfs4 rw 0 0\n\
                      /dev/b /srv/local\\040disk xfs rw 0 0\n";
        let kind = |path: &str| kind_of(mounts, Path::new(path));
        assert_eq!(kind("/data"), Some("ext4"));
        assert_eq!(kind("/srv/news"), Some("nfs4"));
        assert_eq!(kind("/srvother"), Some("ext4"));
        assert_eq!(kind("/srv/local disk/news"), Some("xfs"));
    }

    #[test]
    fn a_local_directory_is_allowed() {
        check_local(Path::new(".")).unwrap();
    }
}
