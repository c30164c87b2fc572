//! Version 1 of the API: the whole route table on one screen. Each line names who may call it.

mod administrators;
mod articles;
mod auth;
mod authors;
mod comments;
mod manage;
mod me;
mod naming;
mod previews;
mod resolve;
mod search;
mod sections;
mod support;
mod tags;
pub(crate) mod wire;
mod write;

use domain::Access::{Account, Auth, Comment, Public, Staff};
use domain::Action::{
    ManageApiKeys, ManageUsers, ModerateComments, PublishArticle, ReadChanges, ReadManage,
    ReleaseAddress, UndoTakedown, WriteArticle, WriteAuthor, WriteSection, WriteSettings, WriteTag,
};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::routes::route;

/// Everything under `/api/v1` but the document itself.
pub(crate) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(
        scope("/api/v1")
            .configure(public)
            .configure(accounts)
            .configure(newsroom)
            .configure(moderation)
            .configure(administration),
    );
}

/// What readers and their apps call.
#[rustfmt::skip] // One route, one line.
fn public(config: &mut ServiceConfig<'_>) {
    config
        .service(route(Public, articles::list_articles))
        .service(route(Public, articles::get_article))
        .service(route(Public, articles::count_view))
        .service(route(Public, previews::get_preview))
        .service(route(Public, comments::list_article_comments))
        .service(route(Public, comments::follow_article_comments))
        .service(route(Comment, comments::create_comment))
        .service(route(Public, comments::list_comments))
        .service(route(Public, comments::get_comment))
        .service(route(Comment, comments::edit_comment))
        .service(route(Comment, comments::delete_comment))
        .service(route(Public, comments::list_comment_replies))
        .service(route(Public, comments::get_comment_context))
        .service(route(Public, comments::get_comment_counts))
        .service(route(Account, comments::vote_on_comment))
        .service(route(Account, comments::take_vote_back))
        .service(route(Account, comments::report_comment))
        .service(route(Public, sections::list_sections))
        .service(route(Public, sections::get_section))
        .service(route(Public, authors::list_authors))
        .service(route(Public, authors::get_author))
        .service(route(Public, tags::list_tags))
        .service(route(Public, search::search_articles))
        .service(route(Public, search::suggest))
        .service(route(Public, resolve::resolve));
}

/// Signing in, and what one does with one's own account.
#[rustfmt::skip] // One route, one line.
fn accounts(config: &mut ServiceConfig<'_>) {
    config
        .service(route(Auth, auth::register))
        .service(route(Auth, auth::verify))
        .service(route(Auth, auth::resend))
        .service(route(Auth, auth::login))
        .service(route(Auth, auth::refresh))
        .service(route(Auth, auth::logout))
        .service(route(Auth, auth::forgot))
        .service(route(Auth, auth::reset))

        .service(route(Account, me::get_me))
        .service(route(Account, me::patch_me))
        .service(route(Account, me::erase_me))
        .service(route(Account, me::export_me))
        .service(route(Account, me::list_my_comments))
        .service(route(Comment, me::get_my_comment))
        .service(route(Account, me::list_my_votes))
        .service(route(Account, me::list_my_notifications))
        .service(route(Account, me::list_my_sessions))
        .service(route(Account, me::end_my_sessions))
        .service(route(Account, me::end_my_session));
}

/// What the newspaper is made with.
#[rustfmt::skip] // One route, one line.
fn newsroom(config: &mut ServiceConfig<'_>) {
    config
        .service(route(Staff(ReadManage), manage::articles::list_managed_articles))
        .service(route(Staff(ReadManage), manage::articles::count_managed_articles))
        .service(route(Staff(WriteArticle), manage::articles::create_article))
        .service(route(Staff(ReadManage), manage::articles::get_managed_article))
        .service(route(Staff(WriteArticle), manage::articles::patch_article))
        .service(route(Staff(WriteArticle), manage::articles::delete_article))
        .service(route(Staff(PublishArticle), manage::articles::publish_article))
        .service(route(Staff(PublishArticle), manage::articles::unpublish_article))
        .service(route(Staff(PublishArticle), manage::articles::take_article_down))
        .service(route(Staff(UndoTakedown), manage::articles::restore_article))
        .service(route(Staff(PublishArticle), manage::articles::transition_articles))
        .service(route(Staff(ReadManage), manage::articles::list_addresses))
        .service(route(Staff(ReadManage), manage::articles::get_address))
        .service(route(Staff(ReleaseAddress), manage::articles::release_address))
        .service(route(Staff(ReadManage), manage::articles::list_revisions))
        .service(route(Staff(ReadManage), manage::articles::get_revision))
        .service(route(Staff(ReadManage), manage::articles::diff_revision))
        .service(route(Staff(WriteArticle), manage::articles::restore_revision))
        .service(route(Staff(ReadManage), manage::articles::list_preview_links))
        .service(route(Staff(WriteArticle), manage::articles::create_preview_link))
        .service(route(Staff(ReadManage), manage::articles::get_preview_link))
        .service(route(Staff(WriteArticle), manage::articles::revoke_preview_link))
        .service(route(Staff(ReadManage), manage::articles::list_corrections))
        .service(route(Staff(PublishArticle), manage::articles::create_correction))
        .service(route(Staff(ReadManage), manage::articles::get_correction))
        .service(route(Staff(PublishArticle), manage::articles::delete_correction))

        .service(route(Staff(ReadManage), manage::sections::list_managed_sections))
        .service(route(Staff(WriteSection), manage::sections::create_section))
        .service(route(Staff(ReadManage), manage::sections::get_managed_section))
        .service(route(Staff(WriteSection), manage::sections::patch_section))
        .service(route(Staff(WriteSection), manage::sections::moves::move_section))
        .service(route(Staff(WriteSection), manage::sections::merge::merge_section))
        .service(route(Staff(WriteSection), manage::sections::merge::delete_section))

        .service(route(Staff(ReadManage), manage::authors::list_managed_authors))
        .service(route(Staff(WriteAuthor), manage::authors::create_author))
        .service(route(Staff(ReadManage), manage::authors::get_managed_author))
        .service(route(Staff(WriteAuthor), manage::authors::patch_author))
        .service(route(Staff(WriteAuthor), manage::authors::merge::merge_author))
        .service(route(Staff(WriteAuthor), manage::authors::merge::delete_author))

        .service(route(Staff(ReadManage), manage::tags::list_managed_tags))
        .service(route(Staff(WriteTag), manage::tags::create_tag))
        .service(route(Staff(ReadManage), manage::tags::get_managed_tag))
        .service(route(Staff(WriteTag), manage::tags::patch_tag))
        .service(route(Staff(WriteTag), manage::tags::merge::merge_tag))
        .service(route(Staff(WriteTag), manage::tags::merge::delete_tag));
}

/// What readers say, and by what it is judged.
#[rustfmt::skip] // One route, one line.
fn moderation(config: &mut ServiceConfig<'_>) {
    config
        .service(route(Staff(ModerateComments), manage::comments::list_managed_comments))
        .service(route(Staff(ModerateComments), manage::comments::get_managed_comment))
        .service(route(Staff(ModerateComments), manage::comments::edit_managed_comment))
        .service(route(Staff(ModerateComments), manage::comments::decide_comment))
        .service(route(Staff(ModerateComments), manage::comments::decide_comments))
        .service(route(Staff(ModerateComments), manage::comments::add_comment_note))
        .service(route(Staff(ModerateComments), manage::comments::list_comment_history))
        .service(route(Staff(ModerateComments), manage::comments::list_comment_reports))
        .service(route(Staff(ModerateComments), manage::comments::follow_desk))
        .service(route(Staff(ModerateComments), manage::comments::get_comment_statistics))

        .service(route(Staff(ModerateComments), manage::bans::list_bans))
        .service(route(Staff(ModerateComments), manage::bans::create_ban))
        .service(route(Staff(ModerateComments), manage::bans::get_ban))
        .service(route(Staff(ModerateComments), manage::bans::lift_ban))

        .service(route(Staff(ModerateComments), manage::comment_rules::list_comment_rules))
        .service(route(Staff(ModerateComments), manage::comment_rules::create_comment_rule))
        .service(route(Staff(ModerateComments), manage::comment_rules::try_comment_rule))
        .service(route(Staff(ModerateComments), manage::comment_rules::get_comment_rule))
        .service(route(Staff(ModerateComments), manage::comment_rules::patch_comment_rule))
        .service(route(Staff(ModerateComments), manage::comment_rules::delete_comment_rule));
}

/// Who may do it, and what was done.
#[rustfmt::skip] // One route, one line.
fn administration(config: &mut ServiceConfig<'_>) {
    config
        .service(route(Staff(ManageUsers), manage::users::list_users))
        .service(route(Staff(ManageUsers), manage::users::invite_user))
        .service(route(Staff(ManageUsers), manage::users::get_user))
        .service(route(Staff(ManageUsers), manage::users::patch_user))
        .service(route(Staff(ManageUsers), manage::users::erase_user))
        .service(route(Staff(ManageUsers), manage::users::end_user_sessions))

        .service(route(Staff(ManageApiKeys), manage::api_keys::list_api_keys))
        .service(route(Staff(ManageApiKeys), manage::api_keys::create_api_key))
        .service(route(Staff(ManageApiKeys), manage::api_keys::get_api_key))
        .service(route(Staff(ManageApiKeys), manage::api_keys::revoke_api_key))

        .service(route(Staff(ReadManage), manage::settings::get_settings))
        .service(route(Staff(WriteSettings), manage::settings::patch_settings))

        .service(route(Staff(ReadChanges), manage::changes::list_changes));
}
