//! Each operator of a graph in those of ONNX, of version 17.
//!
//! A value of the axes `[a, b]` has the axes `[N, a, b]` in ONNX, `N` for examples.

use super::error::ExportError;
use super::sheet::Attribute::{Float, Integer, Integers, Text};
use super::sheet::{Attribute, Sheet};
use crate::code::{Activation, Arithmetic, Dimensions, Operator, Pooling, Reduction, Window};

/// A node of our graph while it is written.
pub(super) struct Step<'a> {
    /// What it computes.
    pub operator: &'a Operator,
    /// The names of what it reads, and the dimensions.
    pub inputs: Vec<(String, &'a Dimensions)>,
    /// The names of its tensors.
    pub tensors: Vec<String>,
    /// The name of what it makes.
    pub output: String,
    /// The dimensions of that.
    pub after: &'a Dimensions,
}

/// Of what rank and lengths the tensors of an operator are initialisers: those of an affine map
/// stand in front of an axis of length 1 for each that follows theirs.
pub(super) fn initialiser_lengths(
    operator: &Operator,
    before: &[&Dimensions],
    lengths: &[usize],
) -> Vec<usize> {
    let mut lengths = lengths.to_vec();
    match (operator, before) {
        (Operator::Affine { axis, .. }, [before]) => {
            lengths.resize(before.axes() - axis, 1);
        }
        (Operator::Constant { .. }, _) => lengths.insert(0, 1),
        _ => {}
    }
    lengths
}

impl Step<'_> {
    /// Writes the nodes.
    ///
    /// # Errors
    /// [`ExportError::Inexpressible`] if there are none that compute the same.
    pub fn write(&self, sheet: &mut Sheet) -> Result<(), ExportError> {
        let first = self.inputs.first().map_or("", |(name, _)| name);
        let axis_of = |axis: usize| ("axis", Integer(axis as i64 + 1));
        match self.operator {
            Operator::Convolution { window, groups, .. } => {
                let mut attributes = window_attributes(window);
                attributes.push(("dilations", pair(window.dilation)));
                attributes.push(("group", Integer(*groups as i64)));
                self.end(sheet, "Conv", &self.with_tensors(first), &attributes);
            }
            Operator::Dense { bias, .. } => self.dense(sheet, first, *bias),
            Operator::Affine { scale, shift, .. } => self.affine(sheet, first, *scale, *shift),
            Operator::Constant { .. } => {
                let inputs: Vec<&str> = self.tensors.iter().map(String::as_str).collect();
                self.end(sheet, "Identity", &inputs, &[]);
            }
            Operator::Pool {
                pooling,
                window,
                is_rounded_up,
            } => self.pool(sheet, first, *pooling, window, *is_rounded_up)?,
            Operator::Reduce {
                reduction,
                axes,
                keep,
            } => self.reduce(sheet, first, *reduction, axes, *keep),
            Operator::Normalise { axes, epsilon } => {
                self.normalise(sheet, first, *axes, *epsilon);
            }
            Operator::LocalResponse {
                size,
                alpha,
                beta,
                bias,
            } => {
                let attributes = [
                    ("size", Integer(*size as i64)),
                    ("alpha", Float(*alpha)),
                    ("beta", Float(*beta)),
                    ("bias", Float(*bias)),
                ];
                self.end(sheet, "LRN", &[first], &attributes);
            }
            Operator::Softmax { axis } => self.end(sheet, "Softmax", &[first], &[axis_of(*axis)]),
            Operator::Activation(activation) => self.activation(sheet, first, *activation),
            Operator::Scalar {
                arithmetic,
                number,
                is_first,
            } => {
                let number = sheet.number(*number);
                let inputs = match is_first {
                    true => [number.as_str(), first],
                    false => [first, number.as_str()],
                };
                self.end(sheet, name_of(*arithmetic), &inputs, &[]);
            }
            Operator::Combine(arithmetic) => {
                let [one, other] = self.aligned(sheet);
                self.end(sheet, name_of(*arithmetic), &[&one, &other], &[]);
            }
            Operator::MatrixProduct => {
                let [one, other] = self.aligned(sheet);
                self.end(sheet, "MatMul", &[&one, &other], &[]);
            }
            Operator::Concatenate { axis } => {
                let inputs: Vec<&str> = self.inputs.iter().map(|(name, _)| &name[..]).collect();
                self.end(sheet, "Concat", &inputs, &[axis_of(*axis)]);
            }
            Operator::Reshape { .. } => {
                let shape = shape(sheet, self.after.lengths());
                self.end(sheet, "Reshape", &[first, &shape], &[]);
            }
            Operator::Flatten => self.end(sheet, "Flatten", &[first], &[("axis", Integer(1))]),
            Operator::Transpose { order } => {
                let order = order.iter().map(|&axis| axis as i64 + 1);
                let order = std::iter::once(0).chain(order).collect();
                self.end(sheet, "Transpose", &[first], &[("perm", Integers(order))]);
            }
            Operator::Slice {
                axis,
                start,
                count,
                step,
            } => {
                let end = start + step * (count - 1) + 1;
                let inputs = [*start, end, axis + 1, *step];
                let inputs = inputs.map(|number| sheet.integers(&[number as i64]));
                let [start, end, axis, step] = inputs.each_ref().map(String::as_str);
                self.end(sheet, "Slice", &[first, start, end, axis, step], &[]);
            }
            Operator::Pad { padding } => {
                let padded = padded(sheet, self.after.axes(), padding);
                self.end(sheet, "Pad", &[first, &padded], &[]);
            }
            Operator::Select { axis, indices } => {
                let indices: Vec<i64> = indices.iter().map(|&index| index as i64).collect();
                let indices = sheet.integers(&indices);
                self.end(sheet, "Gather", &[first, &indices], &[axis_of(*axis)]);
            }
            Operator::Resize { size } => self.resize(sheet, first, *size),
        }
        Ok(())
    }

    /// The last node, which makes the value.
    fn end(
        &self,
        sheet: &mut Sheet,
        operator: &str,
        inputs: &[&str],
        attributes: &[(&str, Attribute)],
    ) {
        sheet.node_named(operator, inputs, attributes, &self.output);
    }

    /// A node before the last.
    fn then(&self, sheet: &mut Sheet, operator: &str, inputs: &[&str]) -> String {
        sheet.node(operator, inputs, &[], &self.output)
    }

    fn with_tensors<'s>(&'s self, first: &'s str) -> Vec<&'s str> {
        let tensors = self.tensors.iter().map(String::as_str);
        std::iter::once(first).chain(tensors).collect()
    }

    /// The two values that it reads with as many axes.
    fn aligned(&self, sheet: &mut Sheet) -> [String; 2] {
        let axes = self.inputs.iter().map(|(_, dimensions)| dimensions.axes());
        let axes = axes.max().unwrap_or(0);
        let mut names = self.inputs.iter().map(|(name, dimensions)| {
            let missing = axes - dimensions.axes();
            if missing == 0 {
                return name.clone();
            }
            let mut lengths = vec![1; missing];
            lengths.extend(dimensions.lengths());
            let shape = shape(sheet, &lengths);
            self.then(sheet, "Reshape", &[name, &shape])
        });
        let mut next = || names.next().unwrap_or_default();
        [next(), next()]
    }

    /// Of rows, `Gemm`; of more axes, a product with the matrix turned.
    fn dense(&self, sheet: &mut Sheet, first: &str, bias: bool) {
        if self.after.axes() == 1 {
            let inputs = self.with_tensors(first);
            self.end(sheet, "Gemm", &inputs, &[("transB", Integer(1))]);
            return;
        }
        let turned = self.then(sheet, "Transpose", &[&self.tensors[0]]);
        if !bias {
            self.end(sheet, "MatMul", &[first, &turned], &[]);
            return;
        }
        let product = self.then(sheet, "MatMul", &[first, &turned]);
        self.end(sheet, "Add", &[&product, &self.tensors[1]], &[]);
    }

    fn affine(&self, sheet: &mut Sheet, first: &str, scale: bool, shift: bool) {
        match (scale, shift) {
            (true, true) => {
                let scaled = self.then(sheet, "Mul", &[first, &self.tensors[0]]);
                self.end(sheet, "Add", &[&scaled, &self.tensors[1]], &[]);
            }
            (true, false) => self.end(sheet, "Mul", &[first, &self.tensors[0]], &[]),
            (false, _) => self.end(sheet, "Add", &[first, &self.tensors[0]], &[]),
        }
    }

    fn pool(
        &self,
        sheet: &mut Sheet,
        first: &str,
        pooling: Pooling,
        window: &Window,
        is_rounded_up: bool,
    ) -> Result<(), ExportError> {
        let before = self.inputs[0].1.lengths();
        let after = self.after.lengths();
        let is_mean = pooling != Pooling::Largest;
        // Version 17 has no dilated means, and no value for a largest of nothing.
        if window.dilation != [1, 1] && (is_mean || has_empty_position(window, before, after)) {
            return Err(ExportError::Inexpressible {
                what: format!("\"{}\"", self.operator),
            });
        }
        // Rows and columns beyond the padding that the last windows reach.
        let beyond = [0, 1].map(|side| {
            let [above, below] = window.padding[side];
            let covered = (after[side + 1] - 1) * window.stride[side] + window.extent(side);
            covered.saturating_sub(before[side + 1] + above + below)
        });
        let mut attributes = window_attributes(window);
        if !is_mean {
            attributes.push(("dilations", pair(window.dilation)));
        }
        if is_rounded_up && beyond != [0, 0] {
            if pooling == Pooling::PaddedMean {
                // Whether what is beyond counts is told apart by no attribute: zeros are put there.
                let [mut rows, mut columns] = window.padding;
                rows[1] += beyond[0];
                columns[1] += beyond[1];
                let zeros = padded(sheet, 3, &[rows, columns]);
                let inside = self.then(sheet, "Pad", &[first, &zeros]);
                let plain = Window {
                    padding: [[0; 2]; 2],
                    ..*window
                };
                self.end(sheet, "AveragePool", &[&inside], &window_attributes(&plain));
                return Ok(());
            }
            attributes.push(("ceil_mode", Integer(1)));
        }
        if pooling == Pooling::PaddedMean {
            attributes.push(("count_include_pad", Integer(1)));
        }
        let operator = if is_mean { "AveragePool" } else { "MaxPool" };
        self.end(sheet, operator, &[first], &attributes);
        Ok(())
    }

    fn reduce(
        &self,
        sheet: &mut Sheet,
        first: &str,
        reduction: Reduction,
        axes: &[usize],
        keep: bool,
    ) {
        let axes: Vec<i64> = axes.iter().map(|&axis| axis as i64 + 1).collect();
        let keeps = ("keepdims", Integer(i64::from(keep)));
        let operator = match reduction {
            Reduction::Mean => "ReduceMean",
            Reduction::Largest => "ReduceMax",
            Reduction::Sum => {
                let axes = sheet.integers(&axes);
                self.end(sheet, "ReduceSum", &[first, &axes], &[keeps]);
                return;
            }
        };
        self.end(
            sheet,
            operator,
            &[first],
            &[("axes", Integers(axes)), keeps],
        );
    }

    /// `d / sqrt(mean(d d) + epsilon)` with `d = x - mean(x)`: `LayerNormalization` has gains,
    /// whether or not there are any.
    fn normalise(&self, sheet: &mut Sheet, first: &str, axes: usize, epsilon: f32) {
        if let [_, ..] = self.tensors[..] {
            let attributes = [
                ("axis", Integer(-(axes as i64))),
                ("epsilon", Float(epsilon)),
            ];
            let inputs = self.with_tensors(first);
            self.end(sheet, "LayerNormalization", &inputs, &attributes);
            return;
        }
        let all = self.after.axes();
        let last: Vec<i64> = (all - axes..all).map(|axis| axis as i64 + 1).collect();
        let kept = [("axes", Integers(last)), ("keepdims", Integer(1))];
        let mean = sheet.node("ReduceMean", &[first], &kept, &self.output);
        let centred = self.then(sheet, "Sub", &[first, &mean]);
        let squares = self.then(sheet, "Mul", &[&centred, &centred]);
        let variance = sheet.node("ReduceMean", &[&squares], &kept, &self.output);
        let epsilon = sheet.number(epsilon);
        let moved = self.then(sheet, "Add", &[&variance, &epsilon]);
        let deviation = self.then(sheet, "Sqrt", &[&moved]);
        self.end(sheet, "Div", &[&centred, &deviation], &[]);
    }

    /// By factors: sizes would have to name the number of examples.
    fn resize(&self, sheet: &mut Sheet, first: &str, size: [usize; 2]) {
        let before = self.inputs[0].1.lengths();
        let factor = |side: usize| factor(before[1 + side], size[side]);
        let factors = sheet.numbers(&[1.0, 1.0, factor(0), factor(1)]);
        let attributes = [
            ("mode", Text("linear")),
            ("coordinate_transformation_mode", Text("half_pixel")),
        ];
        // The second input, a region to be cut out, is for another mode.
        self.end(sheet, "Resize", &[first, "", &factors], &attributes);
    }

    fn activation(&self, sheet: &mut Sheet, first: &str, activation: Activation) {
        let (operator, attributes) = match activation {
            Activation::Relu => ("Relu", vec![]),
            Activation::LeakyRelu { slope } => ("LeakyRelu", vec![("alpha", Float(slope))]),
            Activation::Elu { alpha } => ("Elu", vec![("alpha", Float(alpha))]),
            Activation::Sigmoid => ("Sigmoid", vec![]),
            Activation::HardSigmoid { slope, offset } => (
                "HardSigmoid",
                vec![("alpha", Float(slope)), ("beta", Float(offset))],
            ),
            Activation::HardSwish => ("HardSwish", vec![]),
            Activation::Tanh => ("Tanh", vec![]),
            Activation::Exponential => ("Exp", vec![]),
            Activation::Logarithm => ("Log", vec![]),
            Activation::ErrorFunction => ("Erf", vec![]),
            Activation::SquareRoot => ("Sqrt", vec![]),
            Activation::Magnitude => ("Abs", vec![]),
            Activation::Clip { low, high } => {
                let [low, high] = [low, high].map(|number| sheet.number(number));
                self.end(sheet, "Clip", &[first, &low, &high], &[]);
                return;
            }
            // `Gelu` came with version 20.
            Activation::Gelu => {
                let numbers = [std::f32::consts::FRAC_1_SQRT_2, 1.0, 0.5];
                let [root, one, half] = numbers.map(|number| sheet.number(number));
                let scaled = self.then(sheet, "Mul", &[first, &root]);
                let erf = self.then(sheet, "Erf", &[&scaled]);
                let moved = self.then(sheet, "Add", &[&erf, &one]);
                let product = self.then(sheet, "Mul", &[first, &moved]);
                self.end(sheet, "Mul", &[&product, &half], &[]);
                return;
            }
        };
        self.end(sheet, operator, &[first], &attributes);
    }
}

fn name_of(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Add => "Add",
        Arithmetic::Subtract => "Sub",
        Arithmetic::Multiply => "Mul",
        Arithmetic::Divide => "Div",
        Arithmetic::Larger => "Max",
        Arithmetic::Smaller => "Min",
        Arithmetic::Power => "Pow",
    }
}

/// The factor by which a length becomes another: the least number whose product with it, rounded
/// down, is that one also where the quotient was rounded down.
fn factor(before: usize, after: usize) -> f32 {
    let mut factor = after as f32 / before as f32;
    if f64::from(factor) * (before as f64) < after as f64 {
        factor = factor.next_up();
    }
    factor
}

fn pair(lengths: [usize; 2]) -> Attribute {
    Integers(lengths.map(|length| length as i64).to_vec())
}

/// Sides, strides and padding.
fn window_attributes(window: &Window) -> Vec<(&'static str, Attribute)> {
    let [[above, below], [left, right]] = window.padding;
    let pads = [above, left, below, right].map(|count| count as i64);
    vec![
        ("kernel_shape", pair(window.size)),
        ("strides", pair(window.stride)),
        ("pads", Integers(pads.to_vec())),
    ]
}

/// Whether a dilated window at some position sees nothing but padding.
fn has_empty_position(window: &Window, before: &[usize], after: &[usize]) -> bool {
    (0..2).any(|side| {
        let length = before[side + 1];
        (0..after[side + 1]).any(|position| {
            let start = position * window.stride[side];
            let mut places = (0..window.size[side]).map(|place| {
                let place = start + place * window.dilation[side];
                place.checked_sub(window.padding[side][0])
            });
            !places.any(|place| place.is_some_and(|place| place < length))
        })
    })
}

/// The name of a shape of these lengths for each example.
fn shape(sheet: &mut Sheet, lengths: &[usize]) -> String {
    let lengths = lengths.iter().map(|&length| length as i64);
    let shape: Vec<i64> = std::iter::once(-1).chain(lengths).collect();
    sheet.integers(&shape)
}

/// The name of the numbers of zeros before all axes, and after all, of a value of so many axes.
fn padded(sheet: &mut Sheet, axes: usize, padding: &[[usize; 2]]) -> String {
    // A number without axes has none that is padded, whatever is said of one.
    let padding = &padding[padding.len().saturating_sub(axes)..];
    let others = 1 + axes - padding.len();
    let ends = |end: usize| {
        let others = std::iter::repeat_n(0, others);
        others.chain(padding.iter().map(move |ends| ends[end] as i64))
    };
    let numbers: Vec<i64> = ends(0).chain(ends(1)).collect();
    sheet.integers(&numbers)
}
