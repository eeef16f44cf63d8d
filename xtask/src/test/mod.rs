//! `cargo xtask test`: every test, in order, with a table at the end.

mod clients;
mod context;
mod docs;
mod end_to_end;
mod policy;
mod rust;
mod summary;

use std::{process::ExitCode, time::Instant};

use anyhow::ensure;

use self::{
    context::Context,
    summary::{Counts, Outcome, Row, Summary},
};
use crate::debian::{self, Tool};

pub(crate) use self::docs::generate;

/// What to test, and how strictly.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Run only these parts (repeatable, or separated by commas); see --list
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<String>,
    /// List the parts and end
    #[arg(long)]
    list: bool,
    /// A part that cannot run is an error, not skipped
    #[arg(long, env = "CI", value_parser = clap::builder::FalseyValueParser::new(), num_args = 0..=1,
          default_value = "false", default_missing_value = "true")]
    ci: bool,
    /// Install nothing, skip what lacks a program
    #[arg(long)]
    no_install: bool,
    /// A PostgreSQL server to use, instead of a private one
    #[arg(long, env = "SYMBOLON_TEST_POSTGRES", value_name = "URL")]
    postgres: Option<String>,
}

/// One line of the table.
struct Part {
    name: &'static str,
    about: &'static str,
    needs: &'static [Tool],
    run: fn(&mut Context) -> anyhow::Result<Counts>,
}

/// Everything there is, cheapest first.
const PARTS: &[Part] = &[
    Part { name: "format", about: "rustfmt has nothing to change", needs: &[], run: rust::format },
    Part {
        name: "policy",
        about: "licences, sources and bans of dependencies",
        needs: &[],
        run: policy::check,
    },
    Part { name: "links", about: "links in the documentation lead somewhere", needs: &[], run: docs::links },
    Part { name: "clippy", about: "no lint speaks up", needs: &[], run: rust::clippy },
    Part {
        name: "rust",
        about: "unit and integration tests, on SQLite and PostgreSQL",
        needs: &[Tool::Postgres],
        run: rust::tests,
    },
    Part {
        name: "generated",
        about: "checked-in documents equal what the code makes",
        needs: &[],
        run: docs::generated,
    },
    Part {
        name: "walk-through",
        about: "Chromium and curl do the first walk-through literally",
        needs: &[Tool::Chromium, Tool::Curl, Tool::Node, Tool::Openssl],
        run: end_to_end::walk_through,
    },
    Part {
        name: "guides",
        about: "the commands in docs/guides do what they say",
        needs: &[Tool::Curl, Tool::Jq, Tool::Openssl, Tool::Python],
        run: end_to_end::guides,
    },
    Part {
        name: "node",
        about: "openid-client: every flow it knows, FAPI, logout; by every way to authenticate",
        needs: &[Tool::Curl, Tool::Node, Tool::Openssl],
        run: end_to_end::node,
    },
    Part {
        name: "oauth4webapi",
        about: "oauth4webapi: PAR, JAR, JARM, DPoP, device, CIBA, FAPI-CIBA, exchange; by every way to authenticate",
        needs: &[Tool::Curl, Tool::Node, Tool::Openssl],
        run: end_to_end::oauth4webapi,
    },
    Part {
        name: "openidconnect-rs",
        about: "openidconnect-rs: code, hybrid, device, logout, registration; with secret, assertion, certificate",
        needs: &[Tool::Curl, Tool::Openssl],
        run: end_to_end::openidconnect_rs,
    },
    Part {
        name: "python",
        about: "Authlib: code, assertions, registration; by every way to authenticate",
        needs: &[Tool::Curl, Tool::Openssl, Tool::Python],
        run: end_to_end::python,
    },
    Part {
        name: "apache",
        about: "mod_auth_openidc, by every way to authenticate that it knows; logout",
        needs: &[Tool::Apache, Tool::Curl, Tool::Openssl, Tool::Python],
        run: end_to_end::apache,
    },
    Part {
        name: "nginx",
        about: "TLS ends at nginx, the certificate comes in a header",
        needs: &[Tool::Curl, Tool::Nginx, Tool::Openssl, Tool::Python],
        run: end_to_end::nginx,
    },
    Part {
        name: "crash",
        about: "kill -9 under load loses nothing acknowledged",
        needs: &[Tool::Postgres, Tool::Python],
        run: end_to_end::crash,
    },
];

/// Runs the chosen parts; the exit code tells whether all passed.
///
/// # Errors
/// When the arguments name an unknown part, or a part cannot run with `--ci`.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.list {
        for part in PARTS {
            println!("{:<18}{}", part.name, part.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let parts = chosen(&arguments.only)?;
    let missing = provide(&parts, arguments);
    let mut context = Context::new(arguments.postgres.clone());
    let mut summary = Summary::default();
    for part in parts {
        println!("\n=== {}: {}", part.name, part.about);
        let started = Instant::now();
        let lacks: Vec<&str> =
            part.needs.iter().filter(|tool| missing.contains(tool)).map(|tool| tool.name()).collect();
        let outcome = if lacks.is_empty() {
            (part.run)(&mut context)
                .map_or_else(|error| Outcome::Failed(format!("{error:#}")), Outcome::Passed)
        } else if arguments.ci {
            Outcome::Failed(format!("needs {}", lacks.join(", ")))
        } else {
            Outcome::Skipped(format!("needs {}", lacks.join(", ")))
        };
        if let Outcome::Failed(why) = &outcome {
            println!("{} failed: {why}", part.name);
        }
        summary.push(Row { name: part.name, outcome, seconds: started.elapsed().as_secs_f64() });
    }
    print!("\n{summary}");
    Ok(if summary.has_failures() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn chosen(only: &[String]) -> anyhow::Result<Vec<&'static Part>> {
    for name in only {
        ensure!(
            PARTS.iter().any(|part| part.name == name),
            "there is no part {name:?}; the parts are {}",
            PARTS.iter().map(|part| part.name).collect::<Vec<_>>().join(", ")
        );
    }
    let parts = PARTS.iter();
    Ok(parts.filter(|part| only.is_empty() || only.iter().any(|name| name == part.name)).collect())
}

/// Installs what the parts lack, where that can be done, and returns what is lacking afterwards.
fn provide(parts: &[&Part], arguments: &Arguments) -> Vec<Tool> {
    let mut missing = Vec::new();
    for &tool in parts.iter().flat_map(|part| part.needs) {
        let given = tool == Tool::Postgres && arguments.postgres.is_some();
        if !given && !missing.contains(&tool) && !tool.is_installed() {
            missing.push(tool);
        }
    }
    if missing.is_empty() {
        return missing;
    }
    if debian::can_install() && !arguments.no_install {
        if let Err(error) = debian::install(&missing) {
            println!("{error:#}");
        }
        missing.retain(|tool| !tool.is_installed());
    }
    for tool in &missing {
        println!("Missing: {}. On Debian: {}", tool.name(), tool.how());
    }
    missing
}
