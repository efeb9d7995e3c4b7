//! Between candle's storage and slices.

use candle_core::{bail, CpuStorage, DType, Layout, Result, Tensor};

use super::real::Real;

/// The numbers of a contiguous tensor.
pub(in super::super) fn slice<'a, T: Real>(
    storage: &'a CpuStorage,
    layout: &Layout,
) -> Result<&'a [T]> {
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(&T::cpu_storage_as_slice(storage)?[start..end]),
        None => bail!("an operator's argument is not contiguous"),
    }
}

/// Calls a function generic over [`Real`] with the type of a storage.
macro_rules! with_real {
    ($storage:expr, $function:ident($($argument:expr),*)) => {
        match candle_core::backend::BackendStorage::dtype($storage) {
            candle_core::DType::F32 => $function::<f32>($($argument),*),
            candle_core::DType::F64 => $function::<f64>($($argument),*),
            other => candle_core::bail!("operators compute with f32 and f64, not with {other:?}"),
        }
    };
}
pub(in super::super) use with_real;

/// Whether the operators of this module can be applied: on other devices candle's own are used.
pub(crate) fn is_supported(tensor: &Tensor) -> bool {
    tensor.device().is_cpu() && matches!(tensor.dtype(), DType::F32 | DType::F64)
}
