//! The template engine with everything built into the binary.

use std::sync::Arc;

use http::StatusCode;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};
use serde::Serialize;

use super::brand::Brand;
use super::catalogue::{Argument, Catalogue, CatalogueError, escape};
use super::html::Html;
use super::language::{Direction, Language};
use super::link::Link;
use super::page::{Page, Width};
use super::policy::{FormTargets, Shown, content_security_policy};

const STYLESHEET: &str = include_str!("../../assets/style.css");

/// Every template.
pub(super) const TEMPLATES: &[(&str, &str)] = &[
    ("layout.html", include_str!("../../assets/templates/layout.html")),
    ("parts.html", include_str!("../../assets/templates/parts.html")),
    ("client_links.html", include_str!("../../assets/templates/client_links.html")),
    ("register.html", include_str!("../../assets/templates/register.html")),
    ("login.html", include_str!("../../assets/templates/login.html")),
    ("form_post.html", include_str!("../../assets/templates/form_post.html")),
    ("consent.html", include_str!("../../assets/templates/consent.html")),
    ("details.html", include_str!("../../assets/templates/details.html")),
    ("scopes.html", include_str!("../../assets/templates/scopes.html")),
    ("backchannel.html", include_str!("../../assets/templates/backchannel.html")),
    ("device.html", include_str!("../../assets/templates/device.html")),
    ("device_done.html", include_str!("../../assets/templates/device_done.html")),
    ("device_qr.html", include_str!("../../assets/templates/device_qr.html")),
    ("logout.html", include_str!("../../assets/templates/logout.html")),
    ("logged_out.html", include_str!("../../assets/templates/logged_out.html")),
    ("logging_out.html", include_str!("../../assets/templates/logging_out.html")),
    ("error.html", include_str!("../../assets/templates/error.html")),
    ("wrong_host.html", include_str!("../../assets/templates/wrong_host.html")),
    ("home.html", include_str!("../../assets/templates/home.html")),
    ("certificate.html", include_str!("../../assets/templates/certificate.html")),
];

/// All pages, ready to render. Built once.
#[derive(Debug)]
pub struct Pages {
    environment: Environment<'static>,
    stylesheet: String,
}

impl Pages {
    /// Reads the templates and messages.
    ///
    /// # Errors
    /// When one of them is malformed: a fault of the build.
    pub fn new() -> Result<Self, PagesError> {
        let catalogue = Arc::new(Catalogue::new()?);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_formatter(write_escaped);
        let texts = Arc::clone(&catalogue);
        environment.add_function("text", move |state: &State<'_, '_>, id: String, arguments: Kwargs| {
            texts.text(language(state)?, &id, &read(&arguments)?).map_err(|error| fault(&error))
        });
        environment.add_function("rich", move |state: &State<'_, '_>, id: String, arguments: Kwargs| {
            let wrap = |text: &str| format!("<strong><bdi>{text}</bdi></strong>");
            let html = catalogue.html(language(state)?, &id, &read(&arguments)?, wrap);
            html.map(Value::from_safe_string).map_err(|error| fault(&error))
        });
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment, stylesheet: compact(STYLESHEET) })
    }

    /// Renders a page. Its status is 200 until [`Html::with_status`] says otherwise.
    ///
    /// `language` is what the person asked for; a page that is not translated comes in English. `targets` says where
    /// the page's forms may lead.
    pub fn render<P: Page>(
        &self,
        page: &P,
        language: Language,
        brand: &Brand,
        targets: &FormTargets,
    ) -> Html {
        let language = if P::LANGUAGES.contains(&language) { language } else { Language::English };
        let own = brand.stylesheet();
        let stylesheets = [self.stylesheet.as_str(), own.as_str()];
        let stylesheets = if own.is_empty() { &stylesheets[..1] } else { &stylesheets };
        let context = Context {
            page,
            lang: language.tag(),
            direction: language.direction(),
            brand_name: &brand.name,
            brand_logo: brand.logo.as_ref(),
            width: P::WIDTH,
            script: P::SCRIPT,
            stylesheets,
        };
        let shown = Shown { pictures: page.pictures().chain(&brand.logo), frames: page.frames() };
        let policy = content_security_policy(stylesheets, P::SCRIPT, shown, targets);
        let rendered =
            self.environment.get_template(P::TEMPLATE).and_then(|template| template.render(Serde(&context)));
        match rendered {
            Ok(body) => Html { status: StatusCode::OK, body, language, policy, isolated: targets.is_own() },
            Err(error) => {
                tracing::error!(
                    template = P::TEMPLATE,
                    error = format!("{error:#}"),
                    "page cannot be rendered"
                );
                Html {
                    status: StatusCode::INTERNAL_SERVER_ERROR,
                    body: LAST_RESORT.to_owned(),
                    language: Language::English,
                    policy,
                    isolated: true,
                }
            }
        }
    }
}

/// What a template is given.
#[derive(Serialize)]
struct Context<'a, P> {
    page: &'a P,
    lang: &'static str,
    direction: Direction,
    brand_name: &'a str,
    brand_logo: Option<&'a Link>,
    width: Width,
    script: Option<&'static str>,
    stylesheets: &'a [&'a str],
}

/// Why the pages cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// The messages are malformed.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A template is malformed.
    #[error("a template is malformed: {0}")]
    Template(#[from] Error),
}

/// What is shown when a page cannot be.
const LAST_RESORT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Something went wrong</title>\
    <h1>Something went wrong on our side</h1><p>Go back and try again in a moment.</p></html>";

fn language(state: &State<'_, '_>) -> Result<Language, Error> {
    let tag = state.lookup("lang");
    let tag = tag.as_ref().and_then(Value::as_str);
    Language::ALL
        .iter()
        .copied()
        .find(|language| Some(language.tag()) == tag)
        .ok_or_else(|| Error::new(ErrorKind::UndefinedError, "the page has no language"))
}

/// The arguments of a message.
fn read(arguments: &Kwargs) -> Result<Vec<(String, Argument)>, Error> {
    let mut read = Vec::new();
    for name in arguments.args() {
        let value: Value = arguments.get(name)?;
        let argument = match value.kind() {
            ValueKind::Number => Argument::Number(f64::try_from(value)?),
            ValueKind::String => Argument::Text(value.to_string()),
            kind => {
                return Err(Error::new(
                    ErrorKind::InvalidOperation,
                    format!("argument {name} of a message is {kind}"),
                ));
            }
        };
        read.push((name.to_owned(), argument));
    }
    Ok(read)
}

fn fault(error: &CatalogueError) -> Error {
    Error::new(ErrorKind::InvalidOperation, error.to_string())
}

/// Escapes every value that is not markup of our own. The engine's own way would also escape slashes, which makes
/// addresses unreadable and protects nothing where attributes are quoted.
fn write_escaped(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::new(ErrorKind::UndefinedError, "the page has no such value"));
    }
    let text = value.to_string();
    let written = if value.is_safe() { out.write_str(&text) } else { out.write_str(&escape(&text)) };
    written.map_err(|_| Error::new(ErrorKind::WriteFailure, "the page cannot be written"))
}

/// Leaves out line breaks and indentation: a sixth of the stylesheet.
fn compact(css: &str) -> String {
    css.lines().map(str::trim).collect()
}
