//! Where things are in the project.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The root of the work tree.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// A path below `target/`, which holds everything that these tasks make.
pub(crate) fn target(path: impl AsRef<Path>) -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    folder.join(path)
}

/// The manifest of the client that tests the server with openidconnect-rs, outside the workspace.
pub(crate) fn openidconnect_rs() -> PathBuf {
    root().join("tests/e2e/openidconnect-rs/Cargo.toml")
}

/// `cargo` in the root of the work tree, the same one that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    command.current_dir(root());
    command
}
