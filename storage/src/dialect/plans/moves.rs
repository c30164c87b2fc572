//! A section that moves and a tag that is merged, right after an import that no statistics know of.

use diesel::connection::SimpleConnection;
use domain::id::{SectionId, TagId};
use domain::section::Tree;

use super::explain::{explain, statements};
use super::{NOW, fill::FILL};
use crate::sections::{self, Move};
use crate::store::tests::{ME, both};
use crate::{Error, Tx, tags};

fn relocate(tx: &mut Tx<'_>, id: SectionId, parent: Option<SectionId>) {
    sections::hold(tx).unwrap();
    let tree = Tree::build(sections::list(tx).unwrap());
    let version = tree.get(id).unwrap().version;
    let positions = tree.arrange(parent, id, None);
    sections::relocate(tx, &tree, id, version, &Move { parent, positions }).unwrap();
}

#[test]
fn no_article_is_compared_with_every_other() {
    for database in both() {
        let moved: Result<(), Error> = database.store.write_blocking(ME, NOW, |tx| {
            tx.0.batch_execute(FILL).unwrap();
            let (section, above) = (SectionId::from_raw(3), SectionId::from_raw(2));
            relocate(tx, section, Some(above));
            let (actor, now) = (tx.actor().clone(), tx.now());
            let statements = statements(tx, |conn| {
                relocate(&mut Tx::new(conn.0, actor, now), section, None);
            });
            let leaving: Vec<&String> = statements
                .iter()
                .filter(|sql| sql.starts_with("DELETE FROM listings"))
                .collect();
            assert!(!leaving.is_empty(), "{statements:#?}");
            for sql in leaving {
                let plan = explain(tx.0, sql).join("\n");
                // Where PostgreSQL joins by an index or a hash, it says so in the condition of that.
                assert!(!plan.contains("Join Filter"), "{plan}");
                assert!(!plan.contains("SCAN "), "{plan}");
            }
            Ok(())
        });
        moved.unwrap();
    }
}

#[test]
fn a_merge_finds_its_articles_by_the_tag() {
    for database in both() {
        let merged: Result<(), Error> = database.store.write_blocking(ME, NOW, |tx| {
            tx.0.batch_execute(FILL).unwrap();
            let (actor, now) = (tx.actor().clone(), tx.now());
            let statements = statements(tx, |conn| {
                let mut tx = Tx::new(conn.0, actor, now);
                tags::merge(&mut tx, TagId::from_raw(7), 1, TagId::from_raw(8)).unwrap();
            });
            let rewriting = |sql: &&String| sql.contains("REPLACE(") || sql.contains("listings");
            let rewriting: Vec<&String> = statements.iter().filter(rewriting).collect();
            assert_eq!(rewriting.len(), 6, "{statements:#?}");
            for sql in rewriting {
                let plan = explain(tx.0, sql).join("\n");
                assert!(!plan.contains("Join Filter"), "{plan}");
                assert!(!plan.contains("SCAN "), "{plan}");
                assert!(!plan.contains("Seq Scan"), "{plan}");
            }
            Ok(())
        });
        merged.unwrap();
    }
}
