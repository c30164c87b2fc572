//! Imports go one way, and each big library lives in one place.

use cargo_metadata::{Metadata, MetadataCommand};

/// Each crate with the crates of ours it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("openapi", &[]),
    ("storage", &["domain"]),
    ("api", &["domain", "openapi", "storage"]),
    ("tests", &["api", "domain", "openapi", "storage"]),
];

/// Libraries that belong to a layer, with the crates that may name them.
const HOMES: &[(&str, &[&str])] = &[
    ("diesel", &["storage"]),
    ("diesel_migrations", &["storage"]),
    ("libsqlite3-sys", &["storage"]),
    ("pq-sys", &["storage"]),
    ("r2d2", &["storage"]),
    ("actix-web", &["api", "tests"]),
    ("actix-http", &["api"]),
    ("actix-cors", &["api"]),
    ("utoipa", &["openapi", "api"]),
    ("utoipa-actix-web", &["api"]),
    ("utoipa-swagger-ui", &["api"]),
    ("ammonia", &["domain"]),
    ("pulldown-cmark", &["domain"]),
    ("clap", &["api"]),
];

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo metadata describes the workspace")
}

#[test]
fn imports_go_one_way() {
    let metadata = workspace();
    let names: Vec<String> = metadata
        .packages
        .iter()
        .map(|p| p.name.to_string())
        .collect();
    for package in &metadata.packages {
        let (_, allowed) = MAY_IMPORT
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
            .unwrap_or_else(|| panic!("{} has no place in the house", package.name));
        for dependency in &package.dependencies {
            assert!(
                !names.contains(&dependency.name) || allowed.contains(&dependency.name.as_str()),
                "{} must not import {}",
                package.name,
                dependency.name,
            );
        }
    }
}

#[test]
fn every_library_stays_in_its_layer() {
    for package in workspace().packages {
        for dependency in &package.dependencies {
            for (library, homes) in HOMES {
                assert!(
                    dependency.name != *library || homes.contains(&package.name.as_str()),
                    "{} must not depend on {library}; its place is {homes:?}",
                    package.name,
                );
            }
        }
    }
}

#[test]
fn every_crate_takes_the_shared_lints_and_forbids_unsafe_code() {
    for package in workspace().packages {
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("a manifest");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} does not take the workspace lints",
            package.name
        );
    }
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let root = std::fs::read_to_string(root).expect("the root manifest");
    assert!(root.contains("unsafe_code = \"forbid\""));
    assert!(
        !root.contains("panic = \"abort\""),
        "a caught panic must stay a caught panic"
    );
}
