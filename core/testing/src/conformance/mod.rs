//! The promises of `domain::store`, each an async function named after it. Every implementation passes all
//! of them: see [`store_conformance!`](crate::store_conformance).
//!
//! To add a promise: a `pub async fn` in its noun's file, and its name in the list of the macro; a test compares
//! the two.

#![allow(clippy::unwrap_used, reason = "a promise that is broken ends its test")]

pub mod activations;
pub mod audit;
pub mod bulletins;
pub mod bundles;
pub mod client_families;
pub mod clients;
pub mod codes;
pub mod consents;
pub mod factors;
pub mod interactions;
pub mod issued;
pub mod keys;
pub mod kv;
pub mod logouts;
pub mod opaque_tokens;
pub mod pushed_requests;
pub mod refresh_tokens;
pub mod revocation;
pub mod security_events;
pub mod sessions;
pub mod sweep;
pub mod traces;
pub mod trials;
pub mod tries;
pub mod users;

mod race;

pub use race::{RACERS, race};

use crate::clock::{DEFAULT_NOW, FixedClock};
use crate::samples;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::{AuthenticationContext, AuthorizationCode, Issuance};
use gatewright_domain::session::Session;
use gatewright_domain::store::Stores;
use gatewright_domain::token_hash::TokenHash;
use std::any::Any;
use std::sync::Arc;

/// Two nodes over one empty database. For stores that only one process can open, both are the same.
pub struct Nodes {
    /// The node a test works with.
    pub here: Stores,
    /// Another node over the same database.
    pub there: Stores,
    /// The clock that both read.
    pub clock: Arc<FixedClock>,
    /// What must live as long as the stores do, such as a folder.
    pub keeps: Box<dyn Any + Send + Sync>,
}

impl Nodes {
    /// One or the other node: even or odd.
    pub fn node(&self, number: usize) -> &Stores {
        if number.is_multiple_of(2) { &self.here } else { &self.there }
    }
}

/// Issues a code in its session, which is begun when it is not there and does not expire before the code is swept.
///
/// # Panics
/// When the code is not issued.
pub async fn issue(stores: &Stores, code: &AuthorizationCode) {
    let AuthenticationContext { session, subject, .. } = &code.authentication;
    let cookie = TokenHash::of(session.as_str());
    if stores.sessions.find(&cookie).await.unwrap().is_none() {
        let begun = Session {
            subject: subject.clone(),
            expires_at: later(1 << 30),
            ..samples::session(session.as_str(), session.as_str())
        };
        let begun = stores.sessions.begin(&begun, None).await;
        // Another caller may have begun it at the same moment.
        assert!(begun.is_ok() || stores.sessions.find(&cookie).await.unwrap().is_some(), "{begun:?}");
    }
    assert_eq!(stores.codes.issue(code, None).await.unwrap(), Issuance::Issued);
}

/// `seconds` after the moment that all samples are of.
pub fn later(seconds: u64) -> Timestamp {
    DEFAULT_NOW.plus(seconds)
}

/// Makes one test of every promise. `$fresh` is an `async fn() -> Option<Nodes>` in the scope of the macro: two
/// nodes over an empty database, or none where there is no such database to be had (it says so; the test is
/// left out).
#[macro_export]
macro_rules! store_conformance {
    ($fresh:ident) => {
        $crate::store_conformance! { @each $fresh
            activations {
                who_pushed_a_bundle_first_stays_its_author,
                stored_bundles_are_found_by_how_their_digest_begins,
                of_many_that_propose_at_once_one_opens_its_activation,
                an_activation_past_its_deadline_gives_way,
                a_node_votes_once_and_while_it_is_open,
                of_many_that_decide_one_does,
                what_went_live_last_is_live,
                a_node_is_there_while_it_beats_and_until_it_leaves,
                who_waits_hears_what_this_node_changes,
            }
            audit {
                entries_are_listed_as_they_were_in_order,
                a_long_log_is_read_page_by_page,
                no_more_entries_are_listed_at_once_than_the_limit,
            }
            bulletins {
                who_listens_hears_what_this_node_posts_in_order,
                a_bulletin_over_the_limit_is_refused,
                who_is_slow_is_told_what_it_missed,
            }
            bundles {
                a_bundle_is_kept_once_under_its_digest,
            }
            client_families {
                a_client_s_own_family_is_found_as_it_began_and_is_no_end_user_s,
                of_many_beginnings_of_one_family_one_stays,
                a_client_s_own_family_is_counted_listed_and_ended_with_its_bundle,
                a_client_s_own_family_keeps_its_bundle_and_is_swept_when_it_ends,
                a_client_s_own_family_goes_with_the_client_alone,
            }
            clients {
                a_saved_client_is_found_as_it_was,
                saving_replaces_the_client_of_that_id,
                a_change_here_is_seen_here_at_once,
                a_change_elsewhere_is_seen_within_a_second,
                that_a_client_is_unknown_is_not_remembered,
                of_many_saves_at_once_all_succeed_and_one_stays,
                of_many_replacements_of_one_client_one_is_made,
                removing_a_client_removes_everything_issued_to_it,
                clients_are_listed_by_id_page_by_page,
            }
            codes {
                an_issued_code_is_found_as_it_was,
                a_code_is_issued_once,
                a_session_that_is_over_issues_no_code,
                a_session_that_ends_while_codes_are_issued_leaves_none,
                a_code_is_redeemed_once_and_stores_what_it_issues,
                a_reused_code_revokes_the_token_family,
                of_many_that_redeem_a_code_one_does,
                an_unknown_code_is_not_redeemed,
                a_code_issues_the_family_it_was_issued_with_and_no_other,
                a_redemption_that_fails_is_undone_whole,
            }
            consents {
                a_consent_is_found_as_it_was_remembered,
                a_later_consent_adds_to_the_scope_and_replaces_the_expiry,
                an_expired_consent_is_not_added_to,
                of_many_consents_at_once_none_is_lost,
                living_consents_are_listed_by_client,
                a_client_s_living_consents_are_listed_page_by_page,
                withdrawing_a_consent_ends_what_the_client_has,
            }
            factors {
                a_factor_is_found_and_listed_as_it_was,
                an_enrolment_is_found_until_its_end_and_never_listed,
                a_reference_is_of_one_confirmed_factor_of_a_kind,
                of_many_that_take_a_reference_one_gets_it,
                of_many_that_are_confirmed_with_one_reference_one_is,
                a_change_is_made_of_the_version_it_read,
                of_many_changes_of_one_version_one_is_made,
                many_at_once_are_never_over_the_limit,
                ended_enrolments_do_not_count,
                a_factor_is_removed_by_its_end_user_alone,
                factors_go_with_their_end_user_and_nobody_else_has_any,
            }
            interactions {
                an_interaction_is_found_as_it_began,
                of_many_beginnings_of_one_id_one_succeeds,
                a_claim_needs_the_version_that_was_read,
                a_claim_excludes_others_until_its_lease_ends,
                of_many_claims_one_succeeds,
                a_claim_that_is_given_back_can_be_made_again_at_once,
                nobody_gives_back_the_claim_of_another,
                a_save_raises_the_version_and_ends_the_lease,
                a_save_on_an_older_version_changes_nothing,
                an_interaction_finishes_once,
                what_has_expired_is_taken_and_what_lives_stays,
                of_many_that_take_what_has_expired_one_gets_each,
                a_document_over_the_limit_is_a_fault,
            }
            issued {
                what_was_issued_under_a_bundle_is_counted_and_listed,
                ending_what_a_bundle_issued_ends_that_and_nothing_else,
                what_began_in_a_session_of_a_bundle_ends_with_it,
                of_each_kind_no_more_than_a_batch_ends_at_once,
            }
            keys {
                keys_are_listed_oldest_first,
                a_rotation_adds_changes_and_drops_in_one,
                a_rotation_after_another_is_refused_whole,
                of_many_rotations_at_once_one_succeeds,
                each_algorithm_rotates_by_itself,
                a_key_to_decrypt_with_is_one_of_its_own,
            }
            kv {
                a_value_of_any_json_type_is_got_as_it_was_put,
                a_value_is_replaced_with_its_life,
                a_value_is_gone_when_its_life_ends,
                a_deleted_value_is_gone,
                namespaces_do_not_see_each_other,
                an_addition_begins_at_nothing_and_answers_the_sum,
                an_addition_does_not_prolong_a_life,
                an_addition_to_what_is_no_number_begins_at_nothing,
                a_sum_stays_within_a_whole_number,
                of_many_additions_none_is_lost,
                of_many_puts_at_once_all_succeed_and_one_stays,
            }
            logouts {
                a_client_is_noted_once_in_a_session_that_lives,
                a_code_notes_its_client_in_the_same_transaction,
                the_clients_of_a_session_are_due_when_it_ends,
                a_session_that_another_end_user_s_replaces_tells_its_clients,
                a_session_that_is_renewed_tells_nobody,
                disabling_or_removing_an_end_user_tells_the_clients,
                ending_what_a_bundle_issued_tells_the_clients,
                a_session_that_expires_tells_nobody,
                of_many_that_claim_what_is_due_one_gets_it,
                what_is_claimed_is_due_again_after_its_pause_until_it_is_settled,
                no_more_are_claimed_at_once_than_the_limit,
                of_a_removed_client_nothing_is_due,
                a_session_that_ends_while_clients_are_noted_tells_all_of_them,
            }
            opaque_tokens {
                an_opaque_token_is_found_as_it_was,
                an_opaque_token_is_issued_once,
                an_opaque_token_ends_with_its_family,
                an_opaque_token_can_be_revoked_alone,
            }
            pushed_requests {
                a_pushed_request_is_found_as_it_was,
                a_pushed_request_is_completed_once,
                of_many_that_complete_a_pushed_request_one_does,
                pushed_requests_go_with_their_client,
            }
            refresh_tokens {
                a_refresh_token_is_found_with_its_family,
                rotating_uses_the_old_token_and_stores_the_new_one,
                rotating_prolongs_the_family_and_never_shortens_it,
                a_reused_refresh_token_revokes_the_family,
                of_many_that_rotate_a_token_one_does,
                nothing_rotates_in_a_revoked_family,
                an_unknown_token_revokes_the_family_it_was_said_to_be_of,
                a_rotation_that_fails_is_undone_whole,
            }
            revocation {
                a_family_is_revoked_once_and_for_all,
                ending_a_session_revokes_its_families_but_for_offline_access,
                ending_a_session_removes_its_unredeemed_codes,
                of_each_client_the_latest_family_that_lives_is_listed,
                a_token_is_revoked_itself_or_with_its_family,
                a_family_that_is_not_stored_counts_as_revoked,
                an_assertion_is_new_once,
                of_many_uses_of_an_assertion_one_is_new,
            }
            security_events {
                events_are_listed_newest_first_as_they_were,
                an_event_is_told_once,
                of_one_account_s_events_the_oldest_go,
                a_removed_account_s_events_go_with_it,
            }
            sessions {
                a_session_is_found_by_its_cookie_as_it_was,
                an_authentication_ends_the_session_it_replaces,
                a_session_that_cannot_begin_ends_none,
                living_sessions_are_listed_the_latest_first,
                of_many_that_end_a_session_one_gets_it,
            }
            sweep {
                what_has_expired_goes_and_what_lives_stays,
                a_sweep_removes_no_more_than_its_batch_a_table,
                a_redeemed_code_stays_until_its_family_has_expired,
                what_does_not_expire_is_never_swept,
                a_bundle_goes_when_nothing_has_named_it_for_long,
                of_the_history_the_latest_bundles_stay,
            }
            traces {
                steps_of_several_requests_are_one_trace,
                what_was_known_of_a_trace_is_not_forgotten,
                a_step_is_written_once,
                a_step_without_a_head_is_added_to_a_trace_that_is_there,
                traces_are_found_by_what_is_known_of_them,
                what_is_recorded_is_asked_for_apart,
                what_is_recorded_of_an_end_user_goes_with_the_account,
                the_oldest_traces_go_by_age_and_by_size,
                no_more_traces_are_listed_or_removed_at_once_than_the_limit,
                traces_do_not_expire_by_themselves,
            }
            trials {
                a_trial_is_found_as_it_was_begun,
                of_many_that_begin_a_trial_of_a_kind_one_does,
                a_trial_ends_once_and_makes_room_for_the_next,
                the_share_of_a_running_trial_is_changed,
                what_all_nodes_count_is_added_up,
                samples_are_kept_up_to_a_limit_of_each_finding,
                only_the_latest_trials_are_kept,
                the_bundle_of_a_trial_is_kept,
            }
            tries {
                a_try_counts_at_the_account_and_at_the_address_or_at_neither,
                a_success_begins_the_account_anew_and_gives_the_address_one_back,
                a_success_answers_the_failed_tries_before_it,
                a_withdrawn_try_was_none,
                a_forgiven_account_may_be_tried_at_once,
                of_many_tries_at_once_none_is_lost,
                of_many_tries_at_once_no_more_count_than_may,
                what_is_remembered_ends_with_its_time,
            }
            users {
                a_user_is_found_by_subject_and_by_username_in_any_case,
                a_taken_username_or_subject_is_refused,
                of_many_that_take_a_username_one_gets_it,
                a_username_with_a_nul_is_nobodys,
                a_password_is_replaced,
                a_rehash_never_overwrites_another_password,
                disabling_a_user_signs_them_out_for_good,
                removing_a_user_ends_everything_of_theirs,
                of_many_replacements_of_a_user_s_claims_one_is_made,
                users_are_listed_by_username_page_by_page,
            }
        }
    };
    (@each $fresh:ident $($noun:ident { $($promise:ident,)+ })+) => { $(
        mod $noun {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    if let Some(nodes) = super::$fresh().await {
                        $crate::conformance::$noun::$promise(&nodes).await;
                    }
                }
            )+
        }
    )+ };
}

#[cfg(test)]
mod tests {
    use super::Nodes;
    use crate::clock::FixedClock;
    use crate::memory;
    use std::sync::Arc;

    async fn in_memory() -> Option<Nodes> {
        let clock = Arc::new(FixedClock::default());
        let here = memory::stores_at(clock.clone());
        Some(Nodes { there: here.clone(), here, clock, keeps: Box::new(()) })
    }

    store_conformance!(in_memory);

    #[test]
    fn every_promise_is_in_the_list() {
        let list = include_str!("mod.rs");
        let files = [
            include_str!("activations.rs"),
            include_str!("audit.rs"),
            include_str!("bundles.rs"),
            include_str!("client_families.rs"),
            include_str!("clients.rs"),
            include_str!("codes.rs"),
            include_str!("consents.rs"),
            include_str!("factors.rs"),
            include_str!("interactions.rs"),
            include_str!("issued.rs"),
            include_str!("keys.rs"),
            include_str!("kv.rs"),
            include_str!("logouts.rs"),
            include_str!("opaque_tokens.rs"),
            include_str!("pushed_requests.rs"),
            include_str!("refresh_tokens.rs"),
            include_str!("revocation.rs"),
            include_str!("security_events.rs"),
            include_str!("sessions.rs"),
            include_str!("sweep.rs"),
            include_str!("traces.rs"),
            include_str!("trials.rs"),
            include_str!("tries.rs"),
            include_str!("users.rs"),
        ];
        let promises = files.iter().flat_map(|file| file.lines()).filter_map(|line| line.strip_prefix("pub async fn "));
        let names: Vec<&str> = promises.filter_map(|line| line.split('(').next()).collect();
        assert!(names.len() > 60, "{names:?}");
        for name in names {
            assert!(list.contains(&format!("                {name},\n")), "{name} is not in the list");
        }
    }
}
