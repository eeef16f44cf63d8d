//! A flag for every setting of the table, and the gathering of all sources.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use symbolon_server::config::{Config, ConfigError, Kind, SETTINGS, Setting, Sources};

/// Configuration files, and settings given as flags.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingArgs {
    files: Vec<PathBuf>,
    flags: Vec<(String, String)>,
}

impl SettingArgs {
    /// The configuration from all sources. `presets` are the command's own starting values.
    ///
    /// # Errors
    /// Every fault of every source.
    pub(crate) fn load(
        &self,
        data_dir: Option<&Path>,
        presets: Vec<(&'static str, String)>,
    ) -> Result<Config, ConfigError> {
        let mut flags = self.flags.clone();
        flags.extend(data_dir.map(|path| ("data_dir".to_owned(), path.display().to_string())));
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Config::load(&Sources { presets, files: self.files.clone(), environment, flags })
    }

    /// Adds a setting, as if its flag were given.
    pub(crate) fn set(&mut self, key: &str, text: String) {
        self.flags.push((key.to_owned(), text));
    }
}

impl clap::Args for SettingArgs {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE,…")
            .help("YAML files with settings, merged left to right")
            .value_delimiter(',')
            .action(ArgAction::Append)
            .value_parser(value_parser!(PathBuf));
        command.arg(config).args(given_as_flags().flat_map(args))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl clap::FromArgMatches for SettingArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let files = matches.get_many::<PathBuf>("config").into_iter().flatten().cloned().collect();
        let mut flags = Vec::new();
        for setting in given_as_flags() {
            let in_file = setting.secret.then(|| format!("{}_file", setting.key));
            for key in std::iter::once(setting.key.to_owned()).chain(in_file) {
                if let Some(text) = matches.get_one::<String>(&key) {
                    flags.push((key, text.clone()));
                }
            }
        }
        Ok(Self { files, flags })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The data folder has a flag of its own, `--data-dir`, on every command.
fn given_as_flags() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.key != "data_dir")
}

/// The flag of a setting, and for a secret the one that names a file.
fn args(setting: &'static Setting) -> Vec<Arg> {
    let arg = |key: String, value: &str, help: String| {
        Arg::new(key.clone())
            .long(key)
            .value_name(value.to_owned())
            .help(help)
            .help_heading("Settings")
            .hide_short_help(true)
    };
    let default =
        if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
    let help = format!("{}{default} [env: {}]", setting.help, setting.variable());
    let mut own = arg(setting.key.to_owned(), setting.kind.name(), help);
    if setting.kind == Kind::Bool {
        // `--demo` alone means yes; `--demo=false` says no.
        own = own.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    let mut all = vec![own];
    if setting.secret {
        let help = format!("file that holds {} [env: {}_FILE]", setting.key, setting.variable());
        all.push(arg(format!("{}_file", setting.key), "path", help));
    }
    all
}
