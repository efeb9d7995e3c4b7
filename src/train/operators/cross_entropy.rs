//! The loss of a classifier.

use candle_core::{bail, CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;

/// Mean over a batch of `-sum_c t_c ln softmax(z)_c`, in nats, for logits `z`, `[batch, classes]`,
/// on a CPU.
///
/// The target `t` is `1 - s` for the true class plus `s / classes` for every class, with `s` the
/// label smoothing (Szegedy et al. 2016), from 0 to 1.
///
/// # Errors
/// If there is not one label below the number of classes for each row.
pub fn cross_entropy(logits: &Tensor, labels: &[u32], smoothing: f64) -> Result<Tensor> {
    let (batch, classes) = logits.dims2()?;
    if batch != labels.len() || batch == 0 {
        bail!("{} labels for logits {batch} x {classes}", labels.len());
    }
    if let Some(label) = labels.iter().find(|&&label| label as usize >= classes) {
        bail!("label {label}, but {classes} classes");
    }
    if !(0.0..=1.0).contains(&smoothing) {
        bail!("label smoothing is from 0 to 1, not {smoothing}");
    }
    logits.contiguous()?.apply_op1(CrossEntropy {
        labels: labels.to_vec(),
        smoothing,
    })
}

#[derive(Clone)]
struct CrossEntropy {
    labels: Vec<u32>,
    smoothing: f64,
}

impl CrossEntropy {
    /// The target of a class.
    fn target(&self, label: u32, class: usize, classes: usize) -> f64 {
        let hit = if label as usize == class {
            1.0 - self.smoothing
        } else {
            0.0
        };
        hit + self.smoothing / classes as f64
    }
}

impl CustomOp1 for CrossEntropy {
    fn name(&self) -> &'static str {
        "cross-entropy"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, forward(storage, layout, self))
    }

    fn bwd(&self, logits: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        logits
            .apply_op2_no_bwd(gradient, &CrossEntropyGradient(self.clone()))
            .map(Some)
    }
}

/// From the logits and the gradient of the loss to that of the logits.
struct CrossEntropyGradient(CrossEntropy);

impl CustomOp2 for CrossEntropyGradient {
    fn name(&self) -> &'static str {
        "gradient of cross-entropy"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, backward((s1, l1), (s2, l2), &self.0))
    }
}

/// `ln sum_c exp z_c`. The largest logit is taken out first, so that nothing overflows.
fn log_sum<T: Real>(logits: &[T]) -> f64 {
    let logits = logits.iter().map(|logit| logit.to_f64());
    let largest = logits.clone().fold(f64::NEG_INFINITY, f64::max);
    largest
        + logits
            .map(|logit| (logit - largest).exp())
            .sum::<f64>()
            .ln()
}

fn forward<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    operator: &CrossEntropy,
) -> Result<(CpuStorage, Shape)> {
    let logits = slice::<T>(storage, layout)?;
    let classes = logits.len() / operator.labels.len();
    let mut loss = 0.0;
    for (logits, &label) in logits.chunks(classes).zip(&operator.labels) {
        let log_sum = log_sum(logits);
        for (class, logit) in logits.iter().enumerate() {
            let target = operator.target(label, class, classes);
            if target > 0.0 {
                loss += target * (log_sum - logit.to_f64());
            }
        }
    }
    let mean = T::from_f64(loss / operator.labels.len() as f64);
    Ok((T::to_cpu_storage_owned(vec![mean]), Shape::from(())))
}

fn backward<T: Real>(
    (logits, layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    operator: &CrossEntropy,
) -> Result<(CpuStorage, Shape)> {
    let logits = slice::<T>(logits, layout)?;
    let gradient: f64 = slice::<T>(gradient, gradient_layout)?
        .iter()
        .map(|gradient| gradient.to_f64())
        .sum();
    let classes = logits.len() / operator.labels.len();
    let scale = gradient / operator.labels.len() as f64;
    let mut target = Vec::with_capacity(logits.len());
    for (logits, &label) in logits.chunks(classes).zip(&operator.labels) {
        let log_sum = log_sum(logits);
        target.extend(logits.iter().enumerate().map(|(class, logit)| {
            let probability = (logit.to_f64() - log_sum).exp();
            T::from_f64(scale * (probability - operator.target(label, class, classes)))
        }));
    }
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}
