//! The page about a folder of experiments: every figure, its data, and the command that makes it
//! again.

use std::path::{Path, PathBuf};

use super::page::{escaped, figure, page as whole, table};
use crate::certificate::percent_up;
use crate::figures::axis::number;
use crate::figures::certificates::certificate;
use crate::figures::{FigureError, FIGURES};

/// All results in a folder.
pub(super) fn page(folder: &Path) -> Result<String, FigureError> {
    let certificates = certificates(folder)?;
    let mut figures = String::new();
    for one in FIGURES.iter().filter(|figure| figure.has_sources(folder)) {
        let links = one
            .sources
            .iter()
            .map(|source| link(source))
            .collect::<Vec<String>>()
            .join(", ");
        figures += &format!(
            "<section id=\"{}\">\n<h2>{}</h2>\n{}<p>{}</p>\n<p class=\"note\">{links}; drawn by <code>nonvacuous figures {}</code> from \
             what is made by</p>\n<pre>{}</pre>\n</section>\n",
            one.name,
            escaped(one.title),
            figure(&one.draw(folder)?, one.title),
            escaped(one.shows),
            one.name,
            escaped(one.command),
        );
    }
    let tables = summaries(folder)?;
    if certificates.is_empty() && figures.is_empty() && tables.is_empty() {
        return Err(FigureError::NothingThere(folder.to_path_buf()));
    }

    let mut body = "<h1>How much a network overfits, and how many bits it takes</h1>\n\
        <p class=\"claim\">The length of a file that decodes to a network proves an upper bound on its error, and overfitting proves a \
        lower bound on the length. Here is what both say, each figure with its data and the command that makes it again.</p>\n"
        .to_string();
    if !certificates.is_empty() {
        let header = [
            "certificate",
            "error at most",
            "confidence",
            "training errors",
            "bits",
            "held-out reference",
        ];
        body += &format!(
            "<h2>Certificates</h2>\n{}",
            table(&header, &header[1..], &certificates)
        );
    }
    if !figures.is_empty() {
        body += &format!("<div class=\"figures\">\n{figures}</div>\n");
    }
    if !tables.is_empty() {
        body += "<h2>All experiments</h2>\n<p>One row a draw, and what the rows say about the limit and about the bounds.</p>\n";
        body += &table(
            &["experiment", "command", "draws", "limit", "bounds"],
            &[],
            &tables,
        );
    }
    Ok(whole(
        "How much a network overfits, and how many bits it takes",
        &body,
        true,
    ))
}

fn link(path: &str) -> String {
    format!("<a href=\"{0}\">{0}</a>", escaped(path))
}

/// The entries of a folder, sorted; none if it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, FigureError> {
    let failed = |source| FigureError::Io {
        path: folder.to_path_buf(),
        source,
    };
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut paths = listed
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// A row for each certificate, linked to its file.
fn certificates(folder: &Path) -> Result<Vec<Vec<String>>, FigureError> {
    let mut rows = Vec::new();
    for path in entries(&folder.join("certificates"))? {
        let file = path.join("certificate.json");
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str())
            .filter(|_| file.exists())
        else {
            continue;
        };
        let claim = certificate(&file)?;
        let training = format!("{} of {}", number(claim.k as f64), number(claim.n as f64));
        rows.push(vec![
            format!(
                "<a href=\"certificates/{0}/certificate.json\">{0}</a>",
                escaped(name)
            ),
            percent_up(claim.bounds.occam_binomial),
            format!("{}%", number(100.0 * (1.0 - claim.delta))),
            training,
            number(claim.bits as f64),
            claim
                .held_out
                .map_or(String::new(), |held_out| percent_up(held_out.bound)),
        ]);
    }
    Ok(rows)
}

/// A row for each experiment that has been run.
fn summaries(folder: &Path) -> Result<Vec<Vec<String>>, FigureError> {
    let mut rows = Vec::new();
    for path in entries(folder)? {
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        let linked = |file: String| {
            if folder.join(&file).exists() {
                link(&file)
            } else {
                String::new()
            }
        };
        rows.push(vec![
            link(&format!("{name}.toml")),
            format!(
                "<code>nonvacuous run {}</code>",
                escaped(&path.display().to_string())
            ),
            linked(format!("{name}.csv")),
            linked(format!("{name}.summary.csv")),
            linked(format!("{name}.coverage.csv")),
        ]);
    }
    Ok(rows)
}
