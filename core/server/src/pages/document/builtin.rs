//! The pages of the server itself: consent, the choice of an account, others' failed tries.

use super::super::scopes::{ClaimModel, ScopeModel};
use super::super::{ChooseAccountView, ConsentView, FailedTriesView, Frame, actions};
use super::{ActionDocument, PageDocument, WordsDocument};

impl<'a> PageDocument<'a> {
    /// The question whether a client may have what it asks for.
    pub fn consent(view: ConsentView<'a>, post_to: &'a str) -> Self {
        let ConsentView { frame, account, scope, claims, offers_other_account, step } = view;
        let words = &frame.language;
        let client = frame.client.as_ref().map_or("", |client| client.name());
        let scopes = scope.iter().map(|value| WordsDocument::of_scope(ScopeModel::new(value, words), frame));
        let claims = claims.iter().map(|name| WordsDocument::of_claim(ClaimModel::new(name, words), frame));
        let other = offers_other_account.then(|| action(frame, actions::OTHER_ACCOUNT, "consent.not_you", &[]));
        let decided =
            [action(frame, actions::ALLOW, "consent.allow", &[]), action(frame, actions::DENY, "consent.deny", &[])];
        let title = words.filled("consent.title", &[("client", client)]);
        Self {
            text: Some(words.filled("consent.asks", &[("client", client)])),
            notice: Some(words.filled("consent.promise", &[("client", client)])),
            scopes: scopes.collect(),
            claims: claims.collect(),
            ..Self::bare("consent", frame, title, (post_to, step))
        }
        .of_account(account)
        .acting(decided.into_iter().chain(other).collect())
    }

    /// The choice between the account that is signed in and another one.
    pub fn choose_account(view: ChooseAccountView<'a>, post_to: &'a str) -> Self {
        let ChooseAccountView { frame, account, step } = view;
        let (name, _) = account.names();
        let title = frame.language.filled("choose_account.title", &[]);
        Self::bare("choose_account", frame, title, (post_to, step)).of_account(account).acting(vec![
            action(frame, actions::CONTINUE, "choose_account.continue_as", &[("name", name)]),
            action(frame, actions::OTHER_ACCOUNT, "choose_account.other", &[]),
        ])
    }

    /// That others tried to sign in as the end-user.
    pub fn failed_tries(view: FailedTriesView<'a>, post_to: &'a str) -> Self {
        let FailedTriesView { frame, account, tries, step } = view;
        let words = &frame.language;
        let nowhere = || words.filled("failed_tries.nowhere", &[]);
        let address = tries.address.map_or_else(nowhere, |address| address.to_string());
        let (count, last) = (tries.tries.to_string(), view.last());
        let key = if tries.tries == 1 { "failed_tries.once" } else { "failed_tries.often" };
        let what = words.filled(key, &[("tries", &count), ("last", &last), ("address", &address)]);
        let title = words.filled("failed_tries.title", &[]);
        Self {
            text: Some(words.filled("failed_tries.next", &[])),
            notice: Some(what),
            ..Self::bare("failed_tries", frame, title, (post_to, step))
        }
        .of_account(account)
        .acting(vec![action(frame, actions::CONTINUE, "form.continue", &[])])
    }
}

fn action(frame: &Frame, name: &'static str, key: &str, values: &[(&str, &str)]) -> ActionDocument<'static> {
    ActionDocument { name, label: frame.language.filled(key, values), skips_fields: false }
}
