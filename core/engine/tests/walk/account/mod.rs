//! The account page from the engine's door: what its end-user sees, what they change, and what they prove before.

mod events;
mod factors;
mod grants;
mod overview;

use crate::world::{Parts, Scene, Visitor, two_factors};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::Factor;
use gatewright_engine::account::{AccountForm, Overview, Trip};
use gatewright_testing::samples::word;

/// `pwd` by password; `otp` by a code, for whoever has a factor of the kind `totp`. On the way it enrols none.
async fn scene() -> Scene {
    Parts::under(two_factors().asking_factor("otp", "totp")).built().await
}

/// Gives `subject` a factor of that kind, named like it.
async fn enrols(scene: &Scene, subject: &str, kind: &str) {
    let factor = Factor {
        id: word(&format!("{subject}-{kind}")),
        subject: word(subject),
        kind: word(kind),
        label: format!("my {kind}"),
        reference: None,
        sealed: String::new(),
        version: 0,
        created_at: Timestamp(1),
        used_at: None,
        pending_until: None,
    };
    scene.stores.factors.add(&factor).await.unwrap().unwrap();
}

/// A browser in which Alice signed in by password alone.
async fn alice(scene: &Scene) -> Visitor<'_> {
    let mut visitor = scene.visitor();
    let asked = visitor.travels(Trip::SignIn).await;
    visitor.signs_in(&asked).await;
    visitor
}

async fn seen(scene: &Scene, visitor: &Visitor<'_>) -> Overview {
    scene.engine.overview(&visitor.browser).await.unwrap().unwrap()
}

/// A form of the page that the visitor sees now.
async fn form<'v>(scene: &Scene, visitor: &'v Visitor<'_>, token: &'v mut String) -> AccountForm<'v> {
    *token = seen(scene, visitor).await.token;
    AccountForm { browser: &visitor.browser, token }
}
