//! Counting checks: each prints a line `ok <what>`; the first that fails ends the program.

use std::fmt::Debug;

/// Ends the program unless both values are equal.
pub fn equal<T: PartialEq + Debug>(what: &str, seen: T, expected: T) {
    check(what, seen == expected, &format!("{seen:?}, expected {expected:?}"));
}

/// Tells that a flow was gone through by a way to authenticate: what docs/clients.md is checked against.
pub fn flow(name: &str, way: &str) {
    println!("flow {name} | {way}");
}

/// Ends the program with what was seen unless the condition holds.
pub fn check(what: &str, condition: bool, seen: &str) {
    if !condition {
        println!("FAILED {what}\n  seen: {seen}");
        std::process::exit(1);
    }
    println!("ok {what}");
}
