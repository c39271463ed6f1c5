//! Every page, drawn whole: held to its golden file, to what it must keep promising, and to hostile words.

mod account_gallery;
mod factors;
mod gallery;
mod golden;
mod hostile;
mod messages;
mod notice;
mod overriding;
mod promises;
