// @generated automatically by Diesel CLI.

diesel::table! {
    addresses (slug) {
        slug -> Text,
        article_id -> Int8,
        created_at -> Int8,
        public_from -> Int8,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Int8,
        name -> Text,
        role -> Text,
        hash -> Text,
        hint -> Text,
        created_at -> Int8,
        expires_at -> Nullable<Int8>,
        revoked_at -> Nullable<Int8>,
        last_used_at -> Nullable<Int8>,
        scopes -> Nullable<Text>,
        sections -> Nullable<Text>,
        requests_per_minute -> Nullable<Int4>,
        created_by -> Text,
        version -> Int8,
    }
}

diesel::table! {
    article_stats (article_id) {
        article_id -> Int8,
        views -> Int8,
        comments -> Int8,
        ordinals -> Int8,
    }
}

diesel::table! {
    articles (id) {
        id -> Int8,
        slug -> Text,
        title -> Text,
        section_id -> Int8,
        state -> Text,
        version -> Int8,
        revision_id -> Int8,
        published_revision_id -> Nullable<Int8>,
        published_at -> Nullable<Int8>,
        visible_from -> Nullable<Int8>,
        visible_until -> Nullable<Int8>,
        created_by -> Text,
        source -> Nullable<Text>,
        source_hash -> Nullable<Text>,
        source_version -> Nullable<Int8>,
        created_at -> Int8,
        updated_at -> Int8,
        author_ids -> Text,
        tag_ids -> Text,
    }
}

diesel::table! {
    attempts (bucket) {
        bucket -> Text,
        count -> Int8,
        began_at -> Int8,
    }
}

diesel::table! {
    authors (id) {
        id -> Int8,
        slug -> Text,
        name -> Text,
        bio -> Nullable<Text>,
        source -> Nullable<Text>,
        version -> Int8,
        created_at -> Int8,
        updated_at -> Int8,
        title -> Nullable<Text>,
        image -> Nullable<Text>,
        links -> Text,
        user_id -> Nullable<Int8>,
    }
}

diesel::table! {
    backfills (name) {
        name -> Text,
        after_id -> Int8,
    }
}

diesel::table! {
    changes (seq) {
        seq -> Int8,
        xid -> Int8,
        at -> Int8,
        actor -> Text,
        kind -> Text,
        entity -> Text,
        entity_id -> Int8,
        data -> Nullable<Text>,
        article_id -> Nullable<Int8>,
    }
}

diesel::table! {
    comment_bans (id) {
        id -> Int8,
        kind -> Text,
        subject -> Text,
        user_id -> Nullable<Int8>,
        comment_id -> Nullable<Int8>,
        note -> Nullable<Text>,
        expires_at -> Nullable<Int8>,
        removal_after -> Nullable<Int8>,
        removed -> Int8,
        created_by -> Text,
        created_at -> Int8,
    }
}

diesel::table! {
    comment_cases (comment_id) {
        comment_id -> Int8,
        desk -> Nullable<Text>,
        need -> Int8,
        opened_at -> Int8,
        reason -> Nullable<Text>,
        rule_id -> Nullable<Int8>,
        spans -> Nullable<Text>,
        reports -> Int8,
        weight -> Int8,
        shielded -> Bool,
        status_before -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Int8>,
    }
}

diesel::table! {
    comment_handlings (id) {
        id -> Int8,
        comment_id -> Int8,
        what -> Text,
        note -> Nullable<Text>,
        handled_by -> Text,
        handled_at -> Int8,
    }
}

diesel::table! {
    comment_reports (id) {
        id -> Int8,
        comment_id -> Int8,
        user_id -> Nullable<Int8>,
        reason -> Text,
        note -> Nullable<Text>,
        weight -> Int8,
        created_at -> Int8,
        outcome -> Nullable<Text>,
        resolved_at -> Nullable<Int8>,
    }
}

diesel::table! {
    comment_rules (id) {
        id -> Int8,
        kind -> Text,
        pattern -> Nullable<Text>,
        matching -> Nullable<Text>,
        amount -> Nullable<Int8>,
        seconds -> Nullable<Int8>,
        per -> Nullable<Text>,
        action -> Nullable<Text>,
        note -> Nullable<Text>,
        enabled -> Bool,
        version -> Int8,
        created_by -> Text,
        created_at -> Int8,
        updated_at -> Int8,
    }
}

diesel::table! {
    comment_tallies (day, what, rule_id) {
        day -> Int8,
        what -> Text,
        rule_id -> Int8,
        number -> Int8,
    }
}

diesel::table! {
    comment_traces (comment_id) {
        comment_id -> Int8,
        address -> Nullable<Text>,
        email -> Nullable<Text>,
    }
}

diesel::table! {
    comment_votes (comment_id, user_id) {
        comment_id -> Int8,
        user_id -> Int8,
        article_id -> Int8,
        value -> Int8,
        created_at -> Int8,
    }
}

diesel::table! {
    comments (id) {
        id -> Int8,
        article_id -> Int8,
        parent_id -> Nullable<Int8>,
        root_id -> Int8,
        in_reply_to_id -> Nullable<Int8>,
        depth -> Int4,
        author_kind -> Text,
        author_name -> Text,
        author_email -> Nullable<Text>,
        body_source -> Text,
        body_html -> Text,
        body_text -> Text,
        status -> Text,
        visible -> Bool,
        up -> Int8,
        down -> Int8,
        reply_count -> Int8,
        pinned -> Bool,
        source -> Nullable<Text>,
        created_at -> Int8,
        edited_at -> Nullable<Int8>,
        user_id -> Nullable<Int8>,
        below -> Int8,
        ordinal -> Int8,
        best -> Int8,
        controversial -> Int8,
        hot -> Int8,
        version -> Int8,
        featured -> Bool,
    }
}

diesel::table! {
    corrections (id) {
        id -> Int8,
        article_id -> Int8,
        text -> Text,
        dated_at -> Int8,
        created_by -> Text,
        created_at -> Int8,
    }
}

diesel::table! {
    idempotency (id) {
        id -> Text,
        request_hash -> Text,
        status -> Int4,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        created_at -> Int8,
        user_id -> Nullable<Int8>,
    }
}

diesel::table! {
    known_addresses (user_id, address) {
        user_id -> Int8,
        address -> Text,
        last_at -> Int8,
    }
}

diesel::table! {
    listings (scope, scope_id, article_id) {
        scope -> Text,
        scope_id -> Int8,
        article_id -> Int8,
        published_at -> Int8,
        language -> Text,
        visible_from -> Int8,
        visible_until -> Nullable<Int8>,
    }
}

diesel::table! {
    merged_ids (noun, id) {
        noun -> Text,
        id -> Int8,
        into_id -> Int8,
        created_at -> Int8,
    }
}

diesel::table! {
    moved_slugs (noun, slug) {
        noun -> Text,
        slug -> Text,
        target_id -> Int8,
        created_at -> Int8,
    }
}

diesel::table! {
    notifications (user_id, comment_id, kind) {
        user_id -> Int8,
        comment_id -> Int8,
        kind -> Text,
        notified_at -> Int8,
    }
}

diesel::table! {
    popular_rankings (hours, ranked_at, rank) {
        hours -> Int8,
        ranked_at -> Int8,
        rank -> Int8,
        article_id -> Int8,
    }
}

diesel::table! {
    preview_links (id) {
        id -> Int8,
        article_id -> Int8,
        revision -> Int8,
        created_by -> Text,
        created_at -> Int8,
        expires_at -> Int8,
    }
}

diesel::table! {
    published_articles (id) {
        id -> Int8,
        slug -> Text,
        title -> Text,
        summary -> Nullable<Text>,
        language -> Text,
        section_id -> Int8,
        author_ids -> Text,
        tag_ids -> Text,
        lead_image -> Nullable<Text>,
        comments -> Text,
        published_at -> Int8,
        updated_at -> Int8,
        visible_from -> Int8,
        visible_until -> Nullable<Int8>,
        word_count -> Int4,
        reading_seconds -> Int4,
        version -> Int8,
        seo -> Nullable<Text>,
        further_section_ids -> Text,
        translation_of -> Nullable<Int8>,
        corrections -> Text,
        comment_options -> Nullable<Text>,
        excerpt -> Nullable<Text>,
        renderer -> Int4,
    }
}

diesel::table! {
    published_bodies (article_id, format) {
        article_id -> Int8,
        format -> Text,
        content -> Text,
    }
}

diesel::table! {
    revisions (id) {
        id -> Int8,
        article_id -> Int8,
        number -> Int8,
        title -> Text,
        slug -> Text,
        summary -> Nullable<Text>,
        language -> Text,
        section_id -> Int8,
        author_ids -> Text,
        tag_ids -> Text,
        lead_image -> Nullable<Text>,
        body_format -> Text,
        body_source -> Text,
        comments -> Text,
        created_by -> Text,
        created_at -> Int8,
        seo -> Nullable<Text>,
        further_section_ids -> Text,
        note -> Nullable<Text>,
        minor -> Bool,
        autosave -> Bool,
        first_version -> Nullable<Int8>,
        version -> Nullable<Int8>,
        translation_of -> Nullable<Int8>,
        comment_options -> Nullable<Text>,
        body_readings -> Text,
    }
}

diesel::table! {
    sections (id) {
        id -> Int8,
        slug -> Text,
        name -> Text,
        description -> Nullable<Text>,
        parent_id -> Nullable<Int8>,
        position -> Int8,
        comments -> Text,
        source -> Nullable<Text>,
        version -> Int8,
        created_at -> Int8,
        updated_at -> Int8,
        comment_options -> Nullable<Text>,
    }
}

diesel::table! {
    sessions (id) {
        id -> Int8,
        user_id -> Int8,
        token_hash -> Text,
        step -> Int8,
        rotated_at -> Int8,
        user_agent -> Nullable<Text>,
        created_at -> Int8,
        expires_at -> Int8,
        ended_at -> Nullable<Int8>,
        ended_by -> Nullable<Text>,
    }
}

diesel::table! {
    settings (id) {
        id -> Int8,
        comments -> Text,
        comment_options -> Nullable<Text>,
        version -> Int8,
        updated_at -> Nullable<Int8>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        public -> Text,
        sealed -> Text,
        created_at -> Int8,
        signs_from -> Int8,
        verifies_until -> Nullable<Int8>,
    }
}

diesel::table! {
    tag_terms (term, tag_id) {
        term -> Text,
        tag_id -> Int8,
    }
}

diesel::table! {
    tags (id) {
        id -> Int8,
        slug -> Text,
        name -> Text,
        description -> Nullable<Text>,
        source -> Nullable<Text>,
        version -> Int8,
        created_at -> Int8,
        updated_at -> Int8,
    }
}

diesel::table! {
    takedowns (article_id) {
        article_id -> Int8,
        reason -> Text,
        public_notice -> Nullable<Text>,
        taken_down_at -> Int8,
    }
}

diesel::table! {
    unindexed_comments (comment_id) {
        comment_id -> Int8,
    }
}

diesel::table! {
    user_tokens (hash) {
        hash -> Text,
        user_id -> Int8,
        purpose -> Text,
        email -> Text,
        created_at -> Int8,
        expires_at -> Int8,
    }
}

diesel::table! {
    users (id) {
        id -> Int8,
        email -> Text,
        email_verified_at -> Nullable<Int8>,
        name -> Text,
        password_hash -> Nullable<Text>,
        role -> Text,
        status -> Text,
        epoch -> Int8,
        epoch_at -> Int8,
        version -> Int8,
        created_at -> Int8,
        updated_at -> Int8,
    }
}

diesel::table! {
    view_hours (hour, article_id) {
        hour -> Int8,
        article_id -> Int8,
        views -> Int8,
    }
}

diesel::table! {
    working_listings (scope, scope_id, article_id) {
        scope -> Text,
        scope_id -> Int8,
        article_id -> Int8,
    }
}

diesel::table! {
    working_terms (term, article_id) {
        term -> Text,
        article_id -> Int8,
    }
}

diesel::joinable!(addresses -> articles (article_id));
diesel::joinable!(article_stats -> articles (article_id));
diesel::joinable!(articles -> sections (section_id));
diesel::joinable!(comment_cases -> comments (comment_id));
diesel::joinable!(comment_handlings -> comments (comment_id));
diesel::joinable!(comment_reports -> comments (comment_id));
diesel::joinable!(comment_reports -> users (user_id));
diesel::joinable!(comment_traces -> comments (comment_id));
diesel::joinable!(comment_votes -> comments (comment_id));
diesel::joinable!(comment_votes -> users (user_id));
diesel::joinable!(comments -> articles (article_id));
diesel::joinable!(corrections -> articles (article_id));
diesel::joinable!(known_addresses -> users (user_id));
diesel::joinable!(listings -> articles (article_id));
diesel::joinable!(notifications -> comments (comment_id));
diesel::joinable!(notifications -> users (user_id));
diesel::joinable!(preview_links -> articles (article_id));
diesel::joinable!(published_articles -> articles (id));
diesel::joinable!(published_bodies -> articles (article_id));
diesel::joinable!(revisions -> articles (article_id));
diesel::joinable!(takedowns -> articles (article_id));
diesel::joinable!(user_tokens -> users (user_id));
diesel::joinable!(working_listings -> articles (article_id));
diesel::joinable!(working_terms -> articles (article_id));

diesel::allow_tables_to_appear_in_same_query!(
    addresses,
    api_keys,
    article_stats,
    articles,
    attempts,
    authors,
    backfills,
    changes,
    comment_bans,
    comment_cases,
    comment_handlings,
    comment_reports,
    comment_rules,
    comment_tallies,
    comment_traces,
    comment_votes,
    comments,
    corrections,
    idempotency,
    known_addresses,
    listings,
    merged_ids,
    moved_slugs,
    notifications,
    popular_rankings,
    preview_links,
    published_articles,
    published_bodies,
    revisions,
    sections,
    sessions,
    settings,
    signing_keys,
    tag_terms,
    tags,
    takedowns,
    unindexed_comments,
    user_tokens,
    users,
    view_hours,
    working_listings,
    working_terms,
);
