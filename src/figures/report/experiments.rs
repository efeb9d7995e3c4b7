//! The page about a folder of experiments: every figure, its data, and the command that makes it
//! again.

use std::path::Path;

use maud::{html, Markup};

use super::confidence::confidence_percent;
use super::page::{address, figure, link, page as whole, table, text};
use crate::certificate::percent_up;
use crate::figures::certificates::certificate;
use crate::figures::chart::number::number;
use crate::figures::error::FigureError;
use crate::figures::figure::Figure;
use crate::figures::folder::entries;
use crate::figures::list::{figures, FIGURE_LIST};

const TITLE: &str = "How much a network overfits, and how many bits it takes";

/// All results in a folder.
pub(super) fn page(folder: &Path) -> Result<String, FigureError> {
    let certificates = certificates(folder)?;
    let mut sections = Vec::new();
    for one in figures(folder)? {
        if one.missing_sources(folder).is_empty() {
            sections.push(section(folder, &one)?);
        }
    }
    let experiments = experiments(folder)?;
    if certificates.is_empty() && sections.is_empty() && experiments.is_empty() {
        return Err(FigureError::NothingThere(folder.to_path_buf()));
    }
    let header = [
        "certificate",
        "error at most",
        "confidence",
        "training errors",
        "bits",
        "held-out reference",
    ];
    let body = html! {
        h1 { (TITLE) }
        p.claim {
            "The length of a file that decodes to a network proves an upper bound on its error, \
             and overfitting proves a lower bound on the length. Here is what both say, each \
             figure with its data and the command that makes it again."
        }
        @if !certificates.is_empty() {
            h2 { "Certificates" }
            (table(&header, &header[1..], &certificates))
        }
        @if !sections.is_empty() {
            div.figures {
                @for section in &sections { (section) }
            }
        }
        @if !experiments.is_empty() {
            h2 { "All experiments" }
            p { "One row a draw, and what the rows say about the limit and about the bounds." }
            (table(&["experiment", "command", "draws", "limit", "bounds"], &[], &experiments))
        }
    };
    Ok(whole(TITLE, true, &body))
}

/// A figure, what it shows, and how it is made.
fn section(folder: &Path, one: &Figure) -> Result<Markup, FigureError> {
    let sources = one.sources.iter().enumerate();
    Ok(html! {
        section id=(one.name) {
            h2 { (one.title) }
            (figure(&one.draw(folder)?, &one.title))
            p { (one.caption) }
            p.note {
                @for (place, source) in sources {
                    @if place > 0 { ", " }
                    (link(&source.to_string_lossy()))
                }
                "; drawn by " code { "nonvacuous figures " (one.name) }
                @if one.command.is_some() { " from what is made by" }
            }
            @if let Some(command) = &one.command {
                pre { (command) }
            }
        }
    })
}

/// A row for each certificate, linked to its file.
fn certificates(folder: &Path) -> Result<Vec<Vec<Markup>>, FigureError> {
    let mut rows = Vec::new();
    for path in entries(&folder.join("certificates"))? {
        let file = path.join("certificate.json");
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        if !file.exists() {
            continue;
        }
        let claim = certificate(&file)?;
        let training = format!("{} of {}", number(claim.k as f64), number(claim.n as f64));
        let reference = claim.held_out.map(|held_out| percent_up(held_out.bound));
        rows.push(vec![
            html! { a href={ "certificates/" (address(name)) "/certificate.json" } { (name) } },
            text(&percent_up(claim.bounds.occam_binomial)),
            html! { (number(confidence_percent(claim.delta))) "%" },
            text(&training),
            text(&number(claim.bits as f64)),
            text(&reference.unwrap_or_default()),
        ]);
    }
    Ok(rows)
}

/// A row for each experiment that is described.
fn experiments(folder: &Path) -> Result<Vec<Vec<Markup>>, FigureError> {
    let mut rows = Vec::new();
    for path in entries(folder)? {
        let is_description =
            path.extension().is_some_and(|ending| ending == "toml") && !path.ends_with(FIGURE_LIST);
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        if !is_description {
            continue;
        }
        let linked = |file: String| {
            if folder.join(&file).exists() {
                link(&file)
            } else {
                text("")
            }
        };
        rows.push(vec![
            link(&format!("{name}.toml")),
            html! { code { "nonvacuous run " (path.display()) } },
            linked(format!("{name}.csv")),
            linked(format!("{name}.summary.csv")),
            linked(format!("{name}.coverage.csv")),
        ]);
    }
    Ok(rows)
}
