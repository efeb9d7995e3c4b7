//! The page about one certificate.

use std::path::{Component, Path};

use super::page::{escaped, figure, page as whole, table};
use crate::certificate::{percent_up, Claim};
use crate::figures::axis::number;
use crate::figures::certificates::{certificate, model};
use crate::figures::{allocation, frontier, FigureError};

/// What the folder of a certificate holds, in words, tables and pictures.
pub(super) fn page(folder: &Path) -> Result<String, FigureError> {
    let path = folder.join("certificate.json");
    let claim = certificate(&path)?;
    let mut names = Path::new(&claim.model.file).components();
    let (Some(Component::Normal(name)), None) = (names.next(), names.next()) else {
        let reason = format!(
            "model file \"{}\": accepted is the name of a file beside the certificate",
            claim.model.file
        );
        return Err(FigureError::Certificate { path, reason });
    };
    let model_path = folder.join(name);
    let (model, _) = model(&model_path)?;
    let headline = claim.bounds.occam_binomial;
    let title = format!(
        "At most {} of new {} images are misread",
        percent_up(headline),
        escaped(&claim.training_set.name)
    );

    let mut body = format!(
        "<h1>{title}</h1>\n<p class=\"claim\">{}</p>\n",
        sentence(&claim)
    );
    body += "<p class=\"note\">This page repeats what certificate.json claims; it checks nothing. <code>nonvacuous verify</code>, \
             below, does.</p>\n";
    body += "<h2>What is proved, and what a test says</h2>\n";
    body += &bounds(&claim);
    body += "<h2>Where the bits go</h2>\n";
    body += &format!(
        "<p>The file is all that a decoder gets: {} bits, which are {} bytes. Its layers: <code>{}</code>.</p>\n",
        number(claim.bits as f64),
        number((claim.bits / 8) as f64),
        escaped(&model.architecture().to_string())
    );
    body += &figure(
        &allocation::draw(&model_path)?,
        "Bits of each tensor of the model file",
    );
    if folder.join("trials.csv").exists() {
        body += "<h2>What was tried</h2>\n<p>Every recipe that was tried is a point; every file on a curve proves the bound beside it. \
                 Trying many costs nothing: the bound holds for all files at once.</p>\n";
        body += &figure(
            &frontier::draw(folder)?,
            "Bits against training error of all trials",
        );
        body += "<p><a href=\"trials.csv\">trials.csv</a></p>\n";
    }
    body += &verification(&claim);
    Ok(whole(&title, &body, false))
}

/// The claim for those who know no statistics.
fn sentence(claim: &Claim) -> String {
    let bound = claim.bounds.occam_binomial;
    let often = if bound > 0.0 && bound < 0.5 {
        // Rounded down, which is the safe side: one in so many is more than one in more.
        format!(", fewer than one in {}", number((1.0 / bound).floor()))
    } else {
        String::new()
    };
    format!(
        "Of all the images that this network will ever be shown, if they come from where its {} training images came from, it will \
         misread at most <strong>{}</strong>{often}; the chance that this promise is wrong, because the training images were \
         freakishly easy, is at most {}%.",
        number(claim.n as f64),
        percent_up(bound),
        number(100.0 * claim.delta),
    )
}

fn bounds(claim: &Claim) -> String {
    let row = |name: &str, value: f64, basis: &str| {
        vec![name.to_string(), percent_up(value), basis.to_string()]
    };
    let training = format!(
        "{} of {} training images misread, and {} bits",
        number(claim.k as f64),
        number(claim.n as f64),
        number(claim.bits as f64)
    );
    let mut rows = vec![
        row(
            "<strong>Occam, exact binomial tail</strong>",
            claim.bounds.occam_binomial,
            &training,
        ),
        row(
            "Occam, kl divergence",
            claim.bounds.occam_kl,
            "the same, by a weaker inequality",
        ),
        row(
            "Occam, Hoeffding",
            claim.bounds.occam_hoeffding,
            "the same, by the weakest",
        ),
    ];
    match &claim.held_out {
        Some(held_out) => {
            let basis = format!(
                "{} of {} images misread that were never used",
                number(held_out.k as f64),
                number(held_out.n as f64)
            );
            rows.push(row("Held-out reference", held_out.bound, &basis));
        }
        None => rows.push(vec![
            "Held-out reference".to_string(),
            String::new(),
            "there was no test set".to_string(),
        ]),
    }
    let confidence = number(100.0 * (1.0 - claim.delta));
    let note = format!(
        "<p class=\"note\">Upper bounds on the part of new images that are misread, each with {confidence}% confidence, rounded up. The held-out \
         reference is tighter and needs images to spare; the bounds above it use the training images alone.</p>\n"
    );
    table(&["", "at most", "from"], &["at most"], &rows) + &note
}

fn verification(claim: &Claim) -> String {
    let hash = |text: &str| format!("<code class=\"hash\">{}</code>", escaped(text));
    let rows = [
        vec![escaped(&claim.model.file), hash(&claim.model.sha256)],
        vec![
            format!("training set {}", escaped(&claim.training_set.name)),
            hash(&claim.training_set.sha256),
        ],
    ];
    format!(
        "<h2>How to verify</h2>\n<p>With the two files and the training set, on any machine, whoever trained the network:</p>\n\
         <pre>nonvacuous verify certificate.json</pre>\n\
         <p>It decodes the model file, counts the training errors again and computes the bounds again. Exit code 0: the claim holds.</p>\n{}\
         <p>It was made by</p>\n<pre>{}</pre>\n<p class=\"note\">nonvacuous {}, seed {}. \
         <a href=\"certificate.json\">certificate.json</a>, <a href=\"{file}\">{file}</a></p>\n",
        table(&["file", "SHA-256"], &[], &rows),
        escaped(&claim.provenance.command),
        escaped(&claim.provenance.version),
        claim.provenance.seed,
        file = escaped(&claim.model.file),
    )
}
