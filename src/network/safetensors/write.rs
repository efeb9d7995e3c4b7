//! Writing tensors one after the other.

use std::io::{self, Write};

use ::safetensors::tensor::{Dtype, TensorInfo};

/// Numbers that are converted at a time.
const CHUNK: usize = 1 << 16;

/// Writes tensors of single precision, in order, each converted and written by itself.
///
/// # Errors
/// If the writer fails.
pub fn write<I: Iterator<Item = f32>>(
    out: &mut impl Write,
    tensors: &[(String, Vec<usize>)],
    mut numbers: impl FnMut(usize) -> I,
) -> io::Result<()> {
    let mut header = serde_json::Map::new();
    let mut end = 0;
    for (name, shape) in tensors {
        let begin = end;
        end += 4 * shape.iter().product::<usize>();
        let entry = TensorInfo {
            dtype: Dtype::F32,
            shape: shape.clone(),
            data_offsets: (begin, end),
        };
        header.insert(name.clone(), serde_json::to_value(entry)?);
    }
    let mut header = serde_json::to_vec(&header)?;
    // The data begin at a multiple of eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(&header)?;
    for tensor in 0..tensors.len() {
        let mut buffer = Vec::with_capacity(4 * CHUNK);
        for number in numbers(tensor) {
            buffer.extend(number.to_le_bytes());
            if buffer.len() == 4 * CHUNK {
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
        out.write_all(&buffer)?;
    }
    Ok(())
}
