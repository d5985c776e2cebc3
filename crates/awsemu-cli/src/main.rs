//! awsemu.
fn main() {}
