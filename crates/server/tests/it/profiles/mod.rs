//! Security profiles: what a workspace's `profile` makes of it. docs/profiles.md names the tests.

mod settings;
