//! The programs that tests need, and where they come from on Debian.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{process, project};

/// A program that some test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Apache,
    Chromium,
    Curl,
    Jq,
    Nginx,
    Node,
    Openssl,
    Postgres,
    Python,
}

impl Tool {
    /// Its name for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Apache => "Apache with mod_auth_openidc",
            Self::Chromium => "Chromium",
            Self::Curl => "curl",
            Self::Jq => "jq",
            Self::Nginx => "nginx",
            Self::Node => "Node.js 20 with npm",
            Self::Openssl => "openssl",
            Self::Postgres => "PostgreSQL",
            Self::Python => "Python 3.10 with venv",
        }
    }

    /// What installs it on Debian.
    pub(crate) fn how(self) -> String {
        format!("apt-get install --no-install-recommends {}", self.packages().join(" "))
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Apache => &["apache2-bin", "libapache2-mod-auth-openidc"],
            Self::Chromium => &["chromium", "fonts-dejavu-core"],
            Self::Curl => &["curl"],
            Self::Jq => &["jq"],
            Self::Nginx => &["nginx"],
            Self::Node => &["nodejs", "npm"],
            Self::Openssl => &["openssl"],
            Self::Postgres => &["postgresql"],
            Self::Python => &["python3", "python3-venv"],
        }
    }

    /// Whether it is here, ready to use.
    pub(crate) fn is_installed(self) -> bool {
        match self {
            Self::Apache => {
                find("apache2").is_some()
                    && Path::new("/usr/lib/apache2/modules/mod_auth_openidc.so").exists()
            }
            Self::Chromium => find("chromium").is_some(),
            Self::Curl => find("curl").is_some(),
            Self::Jq => find("jq").is_some(),
            Self::Nginx => find("nginx").is_some(),
            Self::Node => find("node").is_some() && find("npm").is_some(),
            Self::Openssl => find("openssl").is_some(),
            Self::Postgres => postgres_programs().is_some(),
            // Debian splits ensurepip off into python3-venv.
            Self::Python => Command::new("python3")
                .args(["-c", "import venv, ensurepip"])
                .output()
                .is_ok_and(|output| output.status.success()),
        }
    }
}

/// The folder of PostgreSQL's programs; Debian keeps the server's out of `PATH`.
pub(crate) fn postgres_programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|programs| programs.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().or_else(|| find("initdb").and_then(|path| Some(path.parent()?.to_path_buf())))
}

/// Finds a program in `PATH`, or in the folders for administrators' programs.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = option_path();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/local/sbin", "/sbin"].map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

fn option_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// Whether packages can be installed here: Debian, as root.
pub(crate) fn can_install() -> bool {
    is_root() && Path::new("/etc/debian_version").exists() && find("apt-get").is_some()
}

/// Whether this runs as root, so that servers must be given another user.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Installs the packages of these tools.
///
/// # Errors
/// When the package manager fails.
pub(crate) fn install(tools: &[Tool]) -> anyhow::Result<()> {
    let packages: Vec<&str> = tools.iter().flat_map(|tool| tool.packages()).copied().collect();
    println!("Installing {}", packages.join(" "));
    let log = project::target("test-logs/install.log");
    let limit = Duration::from_secs(900);
    process::run(Command::new("apt-get").args(["-qq", "update"]), &log, limit)?.success("apt-get update")?;
    let mut command = Command::new("apt-get");
    command
        .args(["-qq", "install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Installs without starting services (invoke-rc.d reads this).
        .env("RUNLEVEL", "1");
    process::run(&mut command, &log, limit)?.success("apt-get install")?;
    Ok(())
}
