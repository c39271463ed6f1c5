//! The tables, as the migrations make them in both databases. `tests/schema.rs` compares the three.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    clients (id) {
        id -> Text,
        document -> Text,
    }
}

table! {
    users (subject) {
        subject -> Text,
        username_key -> Text,
        username -> Text,
        password -> Nullable<Text>,
        disabled -> Bool,
        created_at -> BigInt,
        document -> Text,
    }
}

table! {
    sessions (cookie) {
        cookie -> Text,
        id -> Text,
        subject -> Text,
        bundle -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        document -> Text,
    }
}

table! {
    session_clients (session, client_id) {
        session -> Text,
        client_id -> Text,
        subject -> Text,
        sub -> Text,
        next_try_at -> Nullable<BigInt>,
        tries -> BigInt,
    }
}

table! {
    interactions (id) {
        id -> Text,
        browser -> Text,
        bundle -> Text,
        version -> BigInt,
        lease_until -> Nullable<BigInt>,
        expires_at -> BigInt,
        document -> Text,
    }
}

table! {
    consents (subject, client_id) {
        subject -> Text,
        client_id -> Text,
        scope -> Text,
        claims -> Text,
        granted_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    pushed_requests (hash) {
        hash -> Text,
        client_id -> Text,
        expires_at -> BigInt,
        kept_until -> BigInt,
        completed_at -> Nullable<BigInt>,
        document -> Text,
    }
}

table! {
    authorization_codes (hash) {
        hash -> Text,
        family -> Text,
        client_id -> Text,
        subject -> Text,
        session -> Text,
        bundle -> Text,
        offline -> Bool,
        issued_at -> BigInt,
        expires_at -> BigInt,
        redeemed_at -> Nullable<BigInt>,
        kept_until -> BigInt,
        document -> Text,
    }
}

table! {
    token_families (id) {
        id -> Text,
        client_id -> Text,
        subject -> Text,
        session -> Text,
        bundle -> Text,
        offline -> Bool,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        document -> Text,
    }
}

table! {
    refresh_tokens (hash) {
        hash -> Text,
        family -> Text,
        client_id -> Text,
        scope -> Text,
        issued_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

table! {
    access_tokens (hash) {
        hash -> Text,
        jti -> Text,
        family -> Nullable<Text>,
        client_id -> Text,
        subject -> Nullable<Text>,
        issued_at -> BigInt,
        expires_at -> BigInt,
        document -> Text,
    }
}

table! {
    revoked_access_tokens (jti) {
        jti -> Text,
        expires_at -> BigInt,
    }
}

table! {
    used_assertions (jti) {
        jti -> Text,
        expires_at -> BigInt,
    }
}

table! {
    signing_keys (id) {
        id -> Text,
        algorithm -> Text,
        generation -> BigInt,
        sealed_jwk -> Text,
        created_at -> BigInt,
        signs_from -> BigInt,
        retired_at -> Nullable<BigInt>,
        drops_at -> Nullable<BigInt>,
    }
}

table! {
    bundles (digest) {
        digest -> Text,
        files -> Binary,
        created_at -> BigInt,
    }
}

table! {
    factors (id) {
        id -> Text,
        subject -> Text,
        kind -> Text,
        label -> Text,
        reference -> Nullable<Text>,
        sealed -> Text,
        version -> BigInt,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
        pending_until -> Nullable<BigInt>,
    }
}

table! {
    kv_values (namespace, key) {
        namespace -> Text,
        key -> Text,
        number -> Nullable<BigInt>,
        json -> Nullable<Text>,
        expires_at -> BigInt,
    }
}

table! {
    tries (key) {
        key -> Text,
        counted -> BigInt,
        since -> BigInt,
        last_at -> BigInt,
        expires_at -> BigInt,
        failed -> Nullable<Text>,
    }
}

table! {
    security_events (id) {
        id -> Text,
        subject -> Text,
        at -> BigInt,
        address -> Nullable<Text>,
        told_at -> Nullable<BigInt>,
        expires_at -> BigInt,
        document -> Text,
    }
}

table! {
    pushed_bundles (digest) {
        digest -> Text,
        name -> Nullable<Text>,
        author -> Text,
        note -> Nullable<Text>,
        pushed_at -> BigInt,
    }
}

table! {
    activations (number) {
        number -> BigInt,
        digest -> Text,
        kind -> Text,
        author -> Text,
        note -> Nullable<Text>,
        proposed_at -> BigInt,
        deadline -> BigInt,
        state -> Text,
        why -> Nullable<Text>,
        decided_at -> Nullable<BigInt>,
    }
}

table! {
    activation_votes (activation, node) {
        activation -> BigInt,
        node -> Text,
        node_name -> Text,
        failure -> Nullable<Text>,
    }
}

table! {
    nodes (id) {
        id -> Text,
        name -> Text,
        digest -> Text,
        activation -> BigInt,
        seen_at -> BigInt,
    }
}

table! {
    policy_trials (number) {
        number -> BigInt,
        kind -> Text,
        digest -> Text,
        share -> BigInt,
        chosen -> Text,
        author -> Text,
        note -> Nullable<Text>,
        begun_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Text>,
    }
}

table! {
    trial_tallies (trial, what, hook, binding) {
        trial -> BigInt,
        what -> Text,
        hook -> Text,
        binding -> Text,
        count -> BigInt,
    }
}

table! {
    trial_samples (id) {
        id -> Text,
        trial -> BigInt,
        what -> Text,
        hook -> Text,
        binding -> Text,
        at_ms -> BigInt,
        document -> Text,
    }
}

table! {
    traces (id) {
        id -> Text,
        kind -> Text,
        login -> Nullable<Text>,
        client_id -> Text,
        subject -> Nullable<Text>,
        bundle -> Text,
        began_at_ms -> BigInt,
        outcome -> Text,
        error -> Nullable<Text>,
        bytes -> BigInt,
    }
}

table! {
    trace_steps (trace, number) {
        trace -> Text,
        number -> BigInt,
        correlation -> Nullable<Text>,
        document -> Text,
        recording -> Nullable<Binary>,
    }
}

table! {
    audit (id) {
        id -> Text,
        at_ms -> BigInt,
        actor -> Text,
        action -> Text,
        target -> Text,
        document -> Text,
    }
}

allow_tables_to_appear_in_same_query!(traces, trace_steps);
allow_tables_to_appear_in_same_query!(refresh_tokens, token_families);
allow_tables_to_appear_in_same_query!(access_tokens, token_families, revoked_access_tokens);
allow_tables_to_appear_in_same_query!(authorization_codes, token_families);
allow_tables_to_appear_in_same_query!(sessions, authorization_codes);
allow_tables_to_appear_in_same_query!(sessions, token_families);
allow_tables_to_appear_in_same_query!(sessions, access_tokens);
allow_tables_to_appear_in_same_query!(sessions, session_clients);
