//! Every page in every state: what the tests check and what `examples/pages.rs` writes out to be looked at.

use super::backchannel::BackchannelPage;
use super::brand::Brand;
use super::certificate::CertificatePage;
use super::consent::ConsentPage;
use super::device::{DeviceDonePage, DevicePage};
use super::error::ErrorPage;
use super::home::HomePage;
use super::html::Html;
use super::language::Language;
use super::logged_out::LoggedOutPage;
use super::login::LoginPage;
use super::logout::LogoutPage;
use super::page::Page;
use super::policy::FormTargets;
use super::register::RegisterPage;
use super::templates::Pages;
use super::wrong_host::WrongHostPage;

/// Renders every page in each of its states. Names are `template-state`; a page that is not translated to `language`
/// is left out.
pub fn samples(pages: &Pages, language: Language, brand: &Brand) -> Vec<(String, Html)> {
    let set = Set { pages, language, brand };
    [
        set.of::<LoginPage>(&FormTargets::client("https://example.com/callback")),
        set.of::<RegisterPage>(&FormTargets::client("https://example.com/callback")),
        set.of::<ConsentPage>(&FormTargets::client("https://example.com/callback")),
        set.of::<LogoutPage>(&FormTargets::client("https://example.com/")),
        set.of::<DevicePage>(&FormTargets::client("https://example.com/")),
        set.of::<DeviceDonePage>(&FormTargets::own()),
        set.of::<BackchannelPage>(&FormTargets::client("https://example.com/")),
        set.of::<LoggedOutPage>(&FormTargets::own()),
        set.of::<ErrorPage>(&FormTargets::own()),
        set.of::<WrongHostPage>(&FormTargets::own()),
        set.of::<HomePage>(&FormTargets::own()),
        set.of::<CertificatePage>(&FormTargets::own()),
    ]
    .concat()
}

struct Set<'a> {
    pages: &'a Pages,
    language: Language,
    brand: &'a Brand,
}

impl Set<'_> {
    fn of<P: Page>(&self, targets: &FormTargets) -> Vec<(String, Html)> {
        if !P::LANGUAGES.contains(&self.language) {
            return Vec::new();
        }
        let template = P::TEMPLATE.trim_end_matches(".html");
        P::samples()
            .iter()
            .map(|(state, page)| {
                (format!("{template}-{state}"), self.pages.render(page, self.language, self.brand, targets))
            })
            .collect()
    }
}
