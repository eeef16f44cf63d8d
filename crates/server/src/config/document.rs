//! The manual page of the settings, made from the table.

use std::fmt::Write as _;

use super::{
    kind::Kind,
    settings::{SETTINGS, Setting},
};

/// `docs/configuration.md`, whole. `symbolon settings` prints it.
#[must_use]
pub fn manual() -> String {
    let mut page = String::from(HEAD);
    let mut section = None;
    for setting in SETTINGS {
        let own = setting.key.split_once('.').map_or("general", |(section, _)| section);
        if section != Some(own) {
            section = Some(own);
            let _infallible = write!(
                page,
                "\n## {own}\n\n| setting | type | default | meaning |\n| --- | --- | --- | --- |\n"
            );
        }
        page.push_str(&row(setting));
    }
    page
}

fn row(setting: &Setting) -> String {
    let default = if setting.default.is_empty() { String::new() } else { format!("`{}`", setting.default) };
    let kind = match setting.kind {
        Kind::Choice(words) => words.join(" or "),
        Kind::Number { min, max } => format!("number, {min} to {max}"),
        kind => kind.name().to_owned(),
    };
    let secret = if setting.secret { format!(" (secret; or `{}_file`)", setting.key) } else { String::new() };
    format!("| `{}` | {kind} | {default} | {}{secret} |\n", setting.key, setting.help)
}

const HEAD: &str = "# Configuration

This page is made from the table of settings: `symbolon settings > docs/configuration.md`.

A setting can be given in three ways; the later one wins, setting by setting:

1. in YAML files, `--config base.yaml,site.yaml`, merged left to right;
2. in the environment: the name in upper case, `_` between levels (`SERVER_URL`, `SERVER_CERTIFICATE_CERT_PATH`); an empty variable counts as not set;
3. as a flag: `--server.url https://login.example.com`.

```yaml
server:
  url: https://login.example.com
  certificate:
    cert_path: /etc/symbolon/cert.pem
    key_path: /etc/symbolon/key.pem
sql:
  url_file: /run/secrets/sql_url
secret:
  key_file: /run/secrets/master_key
```

A secret can stand in a file of its own: `secret.key_file` in place of `secret.key` (`SECRET_KEY_FILE`, `--secret.key_file`); a line end at the end of that file is not part of it.
An unknown setting is an error. All faults are reported at once, each with its file and line, and the server does not start.

Types: a *duration* has a unit (`500ms`, `30s`, `1h30m`, `7d`); a *size* is a number of bytes or has one (`64KiB`, `4MiB`); lists (*addresses*, *networks*, *keys*) are separated by commas or are YAML lists; a *URL* has no path. `{data_dir}` in a value stands for the data folder.
";

#[cfg(test)]
mod tests {
    #[test]
    fn the_manual_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let written = std::fs::read_to_string(path).unwrap();
        assert!(written == super::manual(), "run `cargo run -- settings > docs/configuration.md`");
    }
}
