//! The front door: from a model and examples to a certificate in a folder, and back.
#![allow(clippy::unwrap_used)]

use std::fs;

use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::{
    Certificate, Evaluation, Folder, FolderError, Issue, IssueError, Kept, Verification,
};
use nonvacuous::code::{Architecture, Model};
use nonvacuous::data::{digits, DataSet, LabelledImages};
use nonvacuous::evaluate::{Batch, Example, Examples, Loss, Sample};
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;
use tempfile::tempdir;

/// A network whose logit of each class is the sum of some pixels; nothing is learnt.
fn model(shape: ImageSize, classes: usize) -> Model {
    let layers = Architecture::parse(&format!("dense:{classes}"), shape).unwrap();
    let weight = |place: usize| [0.0, -0.5, 0.25][place % 7 % 3];
    let weights = (0..shape.features() * classes).map(weight).collect();
    TrainedNetwork::new(layers, vec![weights])
        .unwrap()
        .model()
        .unwrap()
}

fn delta(probability: f64) -> FailureProbability {
    FailureProbability::new(probability).unwrap()
}

fn digits_and_model() -> (DataSet, Model) {
    let data = digits().unwrap();
    let model = model(data.train.shape(), data.train.classes());
    (data, model)
}

/// The same examples, decoded when they are needed, in parts of 100.
struct Streamed<'a>(&'a LabelledImages);

impl Examples for Streamed<'_> {
    fn shape(&self) -> ImageSize {
        self.0.shape()
    }

    fn classes(&self) -> usize {
        self.0.classes()
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn batch(&self, indices: &[usize]) -> Batch<'_> {
        Examples::batch(self.0, indices)
    }

    fn levels(&self) -> u16 {
        self.0.levels()
    }

    fn is_decoded(&self) -> bool {
        false
    }

    fn state(&self) -> String {
        format!("{} images\n", self.0.len())
    }

    fn part(&self) -> usize {
        100
    }
}

#[test]
fn what_is_saved_is_what_is_opened_and_it_holds() {
    let (data, model) = digits_and_model();
    let folder = tempdir().unwrap();
    let certificate = Certificate::issue(&model, &data, delta(0.05)).unwrap();
    certificate.save(folder.path()).unwrap();
    let opened = Certificate::open(folder.path()).unwrap();
    assert_eq!(opened, certificate);
    assert_eq!(opened.model().unwrap(), model);
    assert!(opened.verify(&data).unwrap().holds());
    let path = folder.path().join("certificate.json");
    assert_eq!(Certificate::open(path).unwrap(), certificate);
}

#[test]
fn every_kind_of_examples_has_top_5_losses_and_subsamples() {
    let (data, model) = digits_and_model();
    let file = model.encode().unwrap();
    let streamed = Streamed(&data.train);
    for sample in [Sample::from(&data), Sample::new("streamed", &streamed)] {
        let issue = || Issue::new(&file, sample, delta(0.05));
        let top1 = issue().run().unwrap();
        let top5 = issue().loss(Loss::Top5).run().unwrap();
        assert!(top5.claim().k < top1.claim().k);
        let part = issue().subsample(500, 3).run().unwrap();
        assert!(part.claim().subsample.unwrap().errors < part.claim().k);
        for certificate in [top1, top5, part] {
            assert!(certificate.verify(sample).unwrap().holds());
        }
    }
}

#[test]
fn nothing_that_counts_examples_stands_beside_groups() {
    let (data, model) = digits_and_model();
    let file = model.encode().unwrap();
    let groups: Vec<usize> = (0..1_500).map(|image| image / 5).collect();
    let issue = || Issue::new(&file, &data, delta(0.05)).groups(Some(&groups));
    let refused = issue().per_class(true).run();
    assert!(matches!(refused, Err(IssueError::ClassesOfGroups)));
    let refused = issue().subsample(100, 1).run();
    assert!(matches!(refused, Err(IssueError::NotOfSubsample { .. })));
    let grouped = issue().run().unwrap();
    assert!(grouped.claim().held_out.is_none());
    let holds = |certificate: &Certificate| {
        let verification = Verification::new(certificate, &data).groups(Some(&groups));
        verification.run().unwrap().holds()
    };
    assert!(holds(&grouped));
    // What is true of independent examples is put beside the groups.
    let plain = Issue::new(&file, &data, delta(0.05))
        .per_class(true)
        .run()
        .unwrap();
    let mut claim = grouped.claim().clone();
    claim.held_out = plain.claim().held_out.clone();
    assert!(!holds(&Certificate::from_parts(
        claim.clone(),
        file.clone()
    )));
    (claim.held_out, claim.per_class) = (None, plain.claim().per_class.clone());
    assert!(!holds(&Certificate::from_parts(claim, file.clone())));
}

#[test]
fn examples_in_memory_and_streamed_have_the_same_errors_and_bounds() {
    let (data, model) = digits_and_model();
    let streamed = Streamed(&data.train);
    let memory = Certificate::issue(&model, &data.train, delta(0.05)).unwrap();
    let sample = Sample::new("streamed", &streamed);
    let other = Certificate::issue(&model, sample, delta(0.05)).unwrap();
    assert_eq!(memory.claim().k, other.claim().k);
    assert_eq!(memory.claim().bounds, other.claim().bounds);
    // However examples are kept, they are the same set.
    let (memory, other) = (&memory.claim().training_set, &other.claim().training_set);
    assert_eq!((&memory.sha256, memory.distinct), (&other.sha256, 1_500));
}

#[test]
fn an_interrupted_evaluation_goes_on_where_it_was() {
    let (data, model) = digits_and_model();
    let (file, folder) = (model.encode().unwrap(), tempdir().unwrap());
    let streamed = Streamed(&data.train);
    let issued = || {
        let evaluation = Evaluation {
            folder: Some(folder.path()),
            pieces: None,
            report: None,
        };
        Issue::new(&file, Sample::new("streamed", &streamed), delta(0.05))
            .evaluation(evaluation)
            .run()
            .unwrap()
    };
    let whole = issued();
    let mut entries = fs::read_dir(folder.path()).unwrap();
    let log = entries.next().unwrap().unwrap().path();
    let text = fs::read_to_string(&log).unwrap();
    assert_eq!(text.lines().count(), 15);
    // Stopped in the middle of a line.
    fs::write(&log, &text[..text.len() / 2]).unwrap();
    assert_eq!(issued(), whole);
    assert_eq!(fs::read_to_string(&log).unwrap(), text);
}

#[test]
fn a_folder_keeps_the_smaller_bound_and_refuses_what_it_cannot_compare() {
    let (data, model) = digits_and_model();
    let place = tempdir().unwrap();
    let folder = Folder::at(place.path());
    let good = Certificate::issue(&model, &data, delta(0.05)).unwrap();
    assert_eq!(folder.keep_best(&good).unwrap(), Kept::New);
    // The same network again is no better.
    let kept = folder.keep_best(&good).unwrap();
    assert_eq!(kept, Kept::Older(Box::new(good.claim().clone())));
    // Fewer examples are other examples.
    let part = data.train.slice(0..1_000).unwrap();
    let other = Certificate::issue(&model, &part, delta(0.05)).unwrap();
    let refused = folder.keep_best(&other);
    assert!(matches!(refused, Err(FolderError::Other { .. })));
    let terms = folder.check(&(&part).into(), Loss::Top1, delta(0.05));
    assert!(matches!(terms, Err(FolderError::Other { .. })));
    let terms = folder.check(&(&data).into(), Loss::Top1, delta(0.01));
    assert!(matches!(terms, Err(FolderError::Other { .. })));
    assert!(folder
        .check(&(&data).into(), Loss::Top1, delta(0.05))
        .is_ok());
    assert_eq!(folder.certificate().unwrap(), Some(good.clone()));
    // A claim without its model is none that could stay.
    fs::write(folder.model(), b"another").unwrap();
    assert_eq!(folder.keep_best(&other).unwrap(), Kept::New);
}

#[test]
fn a_claim_that_names_a_file_elsewhere_is_refused() {
    let (data, model) = digits_and_model();
    let place = tempdir().unwrap();
    let certificate = Certificate::issue(&model, &data, delta(0.05)).unwrap();
    certificate.save(place.path()).unwrap();
    let path = place.path().join("certificate.json");
    let text = fs::read_to_string(&path).unwrap();
    for name in ["../model.nvc", "/etc/passwd", "", "a/b", ".."] {
        fs::write(&path, text.replace("model.nvc", name)).unwrap();
        let refused = Certificate::open(place.path());
        assert!(
            matches!(refused, Err(FolderError::ModelElsewhere { .. })),
            "{name}: {refused:?}"
        );
    }
}

#[test]
fn an_example_with_another_number_of_pixels_is_an_error_of_every_network() {
    let (data, model) = digits_and_model();
    let shape = data.train.shape();
    let examples = vec![Example::new(vec![0; 63], 1), Example::new(vec![0; 64], 1)];
    let batch = Batch::new(shape, 17, 10, examples);
    assert_eq!(batch.examples()[0].class(), None);
    let evaluator = nonvacuous::evaluate::Evaluator::new(&model);
    let wrong = evaluator.misclassified(&batch, Loss::Top1).unwrap();
    assert!(wrong[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_claim_that_was_changed_does_not_hold(
        k in 0u64..1_500, bits in 1u64..2_000, bound in 0.0..1.0f64, allowed in 1e-6..0.5f64,
    ) {
        let (data, model) = digits_and_model();
        let certificate = Certificate::issue(&model, &data, delta(0.05)).unwrap();
        let honest = certificate.claim();
        for forgery in 0..4 {
            let mut claim = honest.clone();
            match forgery {
                0 => claim.k = k,
                1 => claim.bits = bits,
                2 => claim.bounds.occam_binomial = bound,
                _ => claim.delta = allowed,
            }
            if claim == *honest {
                continue;
            }
            let forged = Certificate::from_parts(claim, certificate.file().to_vec());
            prop_assert!(!forged.verify(&data).unwrap().holds());
        }
    }
}
