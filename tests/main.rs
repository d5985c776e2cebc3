//! The end-to-end tests of awsemu: real clients against the real binary, on both stores.

mod coverage;
mod e2e;
