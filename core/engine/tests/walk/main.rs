//! The engine walked from its doors, over stores in memory: what a browser, a client and an attacker see of it. Laid
//! out as the engine is; each test's name is a sentence of the specification.

#[cfg(test)]
mod account;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod authorization;
#[cfg(test)]
mod introspection;
#[cfg(test)]
mod logout;
#[cfg(test)]
mod metadata;
#[cfg(test)]
mod registration;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod token;
#[cfg(test)]
mod userinfo;
#[cfg(test)]
mod world;
