//! The page about one certificate.

use std::path::{Component, Path, PathBuf};

use maud::{html, Markup};

use super::confidence::{confidence_percent, failure_percent};
use super::page::{address, figure, page as whole, table, text};
use crate::certificate::{percent_up, BaseClaim, Claim};
use crate::figures::certificates::{certificate, model};
use crate::figures::chart::number::number;
use crate::figures::error::FigureError;
use crate::figures::kind::FigureKind;

/// What the folder of a certificate holds, in words, tables and pictures.
pub(super) fn page(folder: &Path) -> Result<String, FigureError> {
    let path = folder.join("certificate.json");
    let claim = certificate(&path)?;
    let model_path = model_path(folder, &path, &claim)?;
    let file = match &claim.base {
        None => where_bits_go(&claim, model_path)?,
        Some(base) => relative(&claim, base),
    };
    let title = format!(
        "At most {} of new {} images are misread",
        percent_up(claim.bounds.occam_binomial),
        claim.training_set.name
    );
    let body = html! {
        h1 { (title) }
        p.claim { (sentence(&claim)) }
        p.note {
            "This page repeats what certificate.json claims; it checks nothing. "
            code { "nonvacuous verify" } ", below, does."
        }
        h2 { "What is proved, and what a test says" }
        (bounds(&claim))
        (file)
        @for log in LOGS { (log.drawn(folder)?) }
        (verification(&claim))
    };
    Ok(whole(&title, false, &body))
}

/// What the file of a network takes that is complete by itself.
fn where_bits_go(claim: &Claim, path: PathBuf) -> Result<Markup, FigureError> {
    let (model, _) = model(&path)?;
    let bits = FigureKind::Bits.draw(&[path])?;
    Ok(html! {
        h2 { "Where the bits go" }
        p {
            "The file is all that a decoder gets: " (number(claim.bits as f64))
            " bits, which are " (number((claim.bits / 8) as f64)) " bytes. Its layers: "
            code { (model.structure()) } "."
        }
        (figure(&bits, "Bits of each tensor of the model file"))
    })
}

/// What a decoder has beside the file, and what that takes for granted.
fn relative(claim: &Claim, base: &BaseClaim) -> Markup {
    html! {
        h2 { "Relative to a base" }
        p {
            "The file has " (number(claim.bits as f64)) " bits, and says what is new in a network "
            "that the decoder has already: \"" (base.source) "\", trained on \""
            (base.trained_on) "\". That network costs nothing, because it is taken to have "
            "nothing to do with the training images: neither trained, nor tuned, nor chosen by "
            "any of them. Nobody can see from the files whether that is so."
        }
        p { "Its file has SHA-256 " code { (base.sha256) } "." }
    }
}

/// The model file, which is beside the certificate.
fn model_path(folder: &Path, path: &Path, claim: &Claim) -> Result<PathBuf, FigureError> {
    let mut names = Path::new(&claim.model.file).components();
    match (names.next(), names.next()) {
        (Some(Component::Normal(name)), None) => Ok(folder.join(name)),
        _ => Err(FigureError::ModelElsewhere {
            path: path.to_path_buf(),
            file: claim.model.file.clone(),
        }),
    }
}

/// A log of what was tried.
struct Log {
    /// The file, beside the certificate.
    file: &'static str,
    heading: &'static str,
    /// What a point is.
    point: &'static str,
}

/// Files of a network that was trained elsewhere, and recipes by which networks were trained.
const LOGS: [Log; 2] = [
    Log {
        file: "frontier.csv",
        heading: "Files of the network",
        point: "Every file of the network that was made, with its weights on finer or rougher \
                grids, is a point",
    },
    Log {
        file: "trials.csv",
        heading: "What was tried",
        point: "Every recipe that was tried is a point",
    },
];

impl Log {
    /// Its picture, if it is there.
    fn drawn(&self, folder: &Path) -> Result<Markup, FigureError> {
        let log = folder.join(self.file);
        if !log.exists() {
            return Ok(html! {});
        }
        let frontier = FigureKind::Frontier.draw(&[log, folder.join("certificate.json")])?;
        Ok(html! {
            h2 { (self.heading) }
            p {
                (self.point)
                "; every file on a curve proves the bound beside it. Trying many costs nothing: \
                 the bound holds for all files at once."
            }
            (figure(&frontier, "Bits against training error of all trials"))
            p { a href=(self.file) { (self.file) } }
        })
    }
}

/// The claim for those who know no statistics.
fn sentence(claim: &Claim) -> Markup {
    let bound = claim.bounds.occam_binomial;
    html! {
        "Of all the images that this network will ever be shown, if they come from where its "
        (number(claim.n as f64)) " training images came from, it will misread at most "
        strong { (percent_up(bound)) }
        @if bound > 0.0 && bound < 0.5 {
            // Rounded down, which is the safe side: one in so many is more than one in more.
            ", fewer than one in " (number((1.0 / bound).floor()))
        }
        "; the chance that this promise is wrong, because the training images were freakishly \
         easy, is at most " (number(failure_percent(claim.delta))) "%."
    }
}

fn bounds(claim: &Claim) -> Markup {
    let training = format!(
        "{} of {} training images misread, {} bits, and {} for the design of their format",
        number(claim.k as f64),
        number(claim.n as f64),
        number(claim.bits as f64),
        number(claim.design_bits as f64)
    );
    let row =
        |name: Markup, value: f64, basis: &str| vec![name, text(&percent_up(value)), text(basis)];
    let bounds = &claim.bounds;
    let mut rows = vec![
        row(
            html! { strong { "Occam, exact binomial tail" } },
            bounds.occam_binomial,
            &training,
        ),
        row(
            text("Occam, kl divergence"),
            bounds.occam_kl,
            "the same, by a weaker inequality",
        ),
        row(
            text("Occam, Hoeffding"),
            bounds.occam_hoeffding,
            "the same, by the weakest",
        ),
    ];
    rows.push(match &claim.held_out {
        Some(held_out) => {
            let basis = format!(
                "{} of {} images misread that were never used",
                number(held_out.k as f64),
                number(held_out.n as f64)
            );
            row(text("Held-out reference"), held_out.bound, &basis)
        }
        None => vec![
            text("Held-out reference"),
            text(""),
            text("there was no test set"),
        ],
    });
    html! {
        (table(&["", "at most", "from"], &["at most"], &rows))
        p.note {
            "Upper bounds on the part of new images that are misread, each with "
            (number(confidence_percent(claim.delta)))
            "% confidence, rounded up. The held-out reference is tighter and needs images to \
             spare; the bounds above it use the training images alone."
        }
    }
}

fn verification(claim: &Claim) -> Markup {
    let hash = |text: &str| html! { code.hash { (text) } };
    let file = &claim.model.file;
    let training_set = format!("training set {}", claim.training_set.name);
    let rows = [
        vec![text(file), hash(&claim.model.sha256)],
        vec![text(&training_set), hash(&claim.training_set.sha256)],
    ];
    let command = match &claim.base {
        None => "nonvacuous verify certificate.json",
        Some(_) => "nonvacuous verify certificate.json --base BASE.nvc",
    };
    html! {
        h2 { "How to verify" }
        p {
            "With the two files and the training set, on any machine, whoever trained the network:"
        }
        pre { (command) }
        p {
            "It decodes the model file, counts the training errors again and computes the bounds \
             again. Exit code 0: the claim holds."
        }
        (table(&["file", "SHA-256"], &[], &rows))
        p { "It was made by" }
        pre { (claim.provenance.command) }
        p.note {
            "nonvacuous " (claim.provenance.version) ", seed " (claim.provenance.seed) ". "
            a href="certificate.json" { "certificate.json" } ", "
            a href=(address(file)) { (file) }
        }
    }
}
