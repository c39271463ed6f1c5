//! The modules of the OpenID Foundation's conformance plans, each as a test of its name, over HTTPS on a real server.

mod fapi2;
