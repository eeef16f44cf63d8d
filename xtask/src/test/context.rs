//! What the parts share: the binary, built once, and the database server, started once.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{postgres::Cluster, process, project};

/// Made on first use, ended with the run.
pub(crate) struct Context {
    given_postgres: Option<String>,
    cluster: Option<Cluster>,
    is_built: bool,
}

impl Context {
    pub(crate) fn new(given_postgres: Option<String>) -> Self {
        Self { given_postgres, cluster: None, is_built: false }
    }

    /// The URL of a PostgreSQL database; of a private server, an empty one of this name.
    pub(crate) fn postgres(&mut self, name: &str) -> anyhow::Result<String> {
        if let Some(url) = &self.given_postgres {
            return Ok(url.clone());
        }
        let cluster = match &self.cluster {
            Some(cluster) => cluster,
            None => self.cluster.insert(Cluster::start()?),
        };
        cluster.create_database(name)
    }

    /// Builds everything that the tests run, once: the binary and the test programs in one command,
    /// so that each dependency is compiled with one set of features.
    pub(crate) fn build(&mut self) -> anyhow::Result<()> {
        if !self.is_built {
            let mut cargo = project::cargo();
            cargo.args(["build", "--workspace", "--all-targets", "--locked"]);
            process::run(&mut cargo, &log("build"), Duration::from_secs(3600))?.success("cargo build")?;
            self.is_built = true;
        }
        Ok(())
    }
}

/// The file that keeps what a part printed.
pub(crate) fn log(part: &str) -> PathBuf {
    project::target(format!("test-logs/{part}.log"))
}

/// An empty folder for the files of a part.
pub(crate) fn folder(part: &str) -> anyhow::Result<PathBuf> {
    let folder = project::target("e2e").join(part);
    remove(&folder)?;
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
