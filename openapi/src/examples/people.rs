//! Examples of accounts, as their owners and as administrators see them.

use serde_json::Value;

use super::{ARTICLE, COMMENT, CREATED, PUBLISHED, TITLE, UPDATED, public, value, votes};
use crate::comment::CommentStatus;
use crate::me::{
    EraseMe, Export, ExportedArticle, ExportedChange, ExportedComment, KnownNetwork, Me, MePatch,
    Session,
};
use crate::user::{
    Invitation, InvitedUser, ManagedUser, NewUser, Role, UserPatch, UserStanding, UserStatus,
};

pub(super) const USER: &str = "usr_38g7v6qajp37f";
const SESSION: &str = "ses_38g7v90h2c4mr";
const EMAIL: &str = "ines@harbourpost.example";
const NAME: &str = "Ines Halloran";
const CLIENT: &str = "HarbourPost/2.1 (Android 16)";
const SESSION_END: &str = "2027-02-21T10:00:00.000Z";
const PASSWORD: &str = "kettle wolf seventeen oranges";

pub(super) fn of(schema: &str) -> Option<Value> {
    Some(match schema {
        "Me" => value(me()),
        "MePatch" => value(MePatch {
            password: Some("nine slow boats to Halden".to_owned()),
            current_password: Some(PASSWORD.to_owned()),
            ..MePatch::default()
        }),
        "EraseMe" => value(EraseMe {
            current_password: PASSWORD.to_owned(),
        }),
        "Session" => value(session()),
        "Export" => value(export()),
        "ManagedUser" => value(user()),
        "NewUser" => value(NewUser {
            email: EMAIL.to_owned(),
            name: NAME.to_owned(),
            role: Role::Author,
        }),
        "InvitedUser" => value(invited()),
        "UserPatch" => value(UserPatch {
            role: Some(Role::Editor),
            status: Some(UserStanding::Active),
            ..UserPatch::default()
        }),
        _ => return None,
    })
}

fn me() -> Me {
    Me {
        id: USER.to_owned(),
        email: EMAIL.to_owned(),
        email_verified_at: Some(PUBLISHED.to_owned()),
        pending_email: None,
        name: NAME.to_owned(),
        role: Role::Author,
        author: Some(public::author_ref()),
        created_at: CREATED.to_owned(),
        updated_at: UPDATED.to_owned(),
    }
}

fn session() -> Session {
    Session {
        id: SESSION.to_owned(),
        current: true,
        user_agent: Some(CLIENT.to_owned()),
        created_at: PUBLISHED.to_owned(),
        last_used_at: UPDATED.to_owned(),
        expires_at: SESSION_END.to_owned(),
    }
}

fn user() -> ManagedUser {
    let me = me();
    ManagedUser {
        id: me.id,
        email: me.email,
        email_verified_at: me.email_verified_at,
        name: me.name,
        role: me.role,
        status: UserStatus::Active,
        has_password: true,
        version: 2,
        created_at: me.created_at,
        updated_at: me.updated_at,
    }
}

fn invited() -> InvitedUser {
    InvitedUser {
        user: ManagedUser {
            email_verified_at: None,
            has_password: false,
            version: 1,
            updated_at: CREATED.to_owned(),
            ..user()
        },
        invitation: Some(Invitation {
            token: "bst_y0M3o5lq2Zc8vT1n4wKxGd7uEhRbJsPa9fQiLtVmXkA".to_owned(),
            expires_at: PUBLISHED.to_owned(),
        }),
    }
}

fn export() -> Export {
    Export {
        exported_at: UPDATED.to_owned(),
        account: me(),
        sessions: vec![session()],
        known_networks: vec![KnownNetwork {
            last_sign_in_at: PUBLISHED.to_owned(),
        }],
        comments: vec![ExportedComment {
            id: COMMENT.to_owned(),
            article_id: ARTICLE.to_owned(),
            parent_id: None,
            status: CommentStatus::Published,
            author_name: NAME.to_owned(),
            source: "I took it *every* summer.".to_owned(),
            created_at: UPDATED.to_owned(),
            edited_at: None,
        }],
        votes: vec![votes::exported()],
        reports: vec![votes::exported_report()],
        notifications: vec![votes::exported_notification()],
        articles: vec![ExportedArticle {
            id: ARTICLE.to_owned(),
            title: TITLE.to_owned(),
        }],
        changes: vec![ExportedChange {
            at: UPDATED.to_owned(),
            kind: "created".to_owned(),
            entity: "comment".to_owned(),
            entity_id: COMMENT.to_owned(),
        }],
    }
}
