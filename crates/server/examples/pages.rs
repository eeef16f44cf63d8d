//! Writes every page in every state to a folder, to be looked at in a browser, each with its security policy beside
//! it: `cargo run -p symbolon-server --example pages -- target/pages [language]`.

use std::io::Write as _;
use std::path::PathBuf;

use symbolon_server::pages::{Brand, Language, Pages, samples};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let language = Language::choose(arguments.next().as_deref(), None);
    std::fs::create_dir_all(&folder)?;
    let pages = Pages::new()?;
    let all = samples(&pages, language, &Brand::new("Northwind accounts"));
    for (name, html) in &all {
        std::fs::write(folder.join(format!("{name}.html")), &html.body)?;
        std::fs::write(folder.join(format!("{name}.policy")), &html.policy)?;
    }
    writeln!(std::io::stdout(), "{} pages in {}", all.len(), folder.display())?;
    Ok(())
}
