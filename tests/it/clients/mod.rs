//! Relying parties nobody here wrote. Those of other languages are programs under `tests/clients`, run by `tests/run`.

mod openidconnect;
