//! The code word of a subspace.

use super::map::{Map, Subspace, MAX_TERMS};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::encoder::Encoder;
use crate::code::coder::integer::{read_gamma, write_gamma};
use crate::code::error::CodeError;

/// Where a number of terms stands in the file, this stands for a Kronecker product.
const KRONECKER: u64 = MAX_TERMS as u64 + 1;

impl Subspace {
    pub(in crate::code) fn write(
        self,
        encoder: &mut Encoder,
        coordinates: usize,
    ) -> Result<(), CodeError> {
        write_gamma(encoder, coordinates as u64)?;
        match self.map() {
            Map::Hashed { terms } => write_gamma(encoder, u64::from(terms))?,
            Map::Kronecker { rows } => {
                write_gamma(encoder, KRONECKER)?;
                write_gamma(encoder, u64::from(rows))?;
            }
        }
        write_gamma(encoder, self.seed() + 1)
    }

    /// The map and the number of coordinates, which may be more than any tensor has.
    pub(in crate::code) fn read(decoder: &mut Decoder) -> Result<(Self, u64), CodeError> {
        let coordinates = read_gamma(decoder)?;
        let terms = read_gamma(decoder)?;
        let is_kronecker = terms == KRONECKER;
        let number = if is_kronecker {
            read_gamma(decoder)?
        } else {
            terms
        };
        let number = number.min(u64::from(u32::MAX)) as u32;
        let seed = read_gamma(decoder)? - 1;
        let subspace = if is_kronecker {
            Self::kronecker(seed, number)?
        } else {
            Self::new(seed, number)?
        };
        Ok((subspace, coordinates))
    }
}
