//! Functions of one number.

use super::super::call::{Call, Computed, Value};
use super::super::draft::Draft;
use super::super::error::Refusal;
use super::elementwise::{combine, with_number};
use crate::code::{Activation, Arithmetic, Operator};

/// A chain of functions of one number.
struct Chain<'d> {
    draft: &'d mut Draft,
    computed: Computed,
}

impl Chain<'_> {
    fn apply(&mut self, activation: Activation) -> Result<&mut Self, Refusal> {
        let operator = Operator::Activation(activation);
        self.computed.value = self.draft.one(operator, self.computed.value)?;
        Ok(self)
    }

    fn number(&mut self, arithmetic: Arithmetic, number: f32) -> Result<&mut Self, Refusal> {
        self.computed = with_number(arithmetic, &self.computed, number, false, self.draft)?;
        Ok(self)
    }

    fn with(&mut self, arithmetic: Arithmetic, other: &Computed) -> Result<&mut Self, Refusal> {
        let first = Value::Computed(self.computed.clone());
        let second = Value::Computed(other.clone());
        self.computed = combine(arithmetic, &first, &second, self.draft)?;
        Ok(self)
    }
}

/// Whatever the operator is.
pub(super) fn activation(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let float = |name: &'static str, without: f32| -> Result<f32, Refusal> {
        Ok(call.attributes.float(name)?.unwrap_or(without))
    };
    let one = match call.operator {
        "Relu" => Activation::Relu,
        "LeakyRelu" => Activation::LeakyRelu {
            slope: float("alpha", 0.01)?,
        },
        "Elu" => Activation::Elu {
            alpha: float("alpha", 1.0)?,
        },
        "Sigmoid" => Activation::Sigmoid,
        "HardSigmoid" => Activation::HardSigmoid {
            slope: float("alpha", 0.2)?,
            offset: float("beta", 0.5)?,
        },
        "HardSwish" => Activation::HardSwish,
        "Tanh" => Activation::Tanh,
        "Exp" => Activation::Exponential,
        "Log" => Activation::Logarithm,
        "Erf" => Activation::ErrorFunction,
        "Sqrt" => Activation::SquareRoot,
        "Abs" => Activation::Magnitude,
        _ => return composed(call, draft),
    };
    call.attributes.overlook(&["consumed_inputs"]);
    let computed = call.computed(0)?.clone();
    let mut chain = Chain { draft, computed };
    chain.apply(one)?;
    Ok(chain.computed)
}

/// What is made of several operators.
fn composed(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let float = |name: &'static str, without: f32| -> Result<f32, Refusal> {
        Ok(call.attributes.float(name)?.unwrap_or(without))
    };
    if !KNOWN.contains(&call.operator) {
        return Err(Refusal::Operator(advice(call.operator)));
    }
    let x = call.computed(0)?.clone();
    let mut chain = Chain {
        draft,
        computed: x.clone(),
    };
    match call.operator {
        "Clip" => {
            let low = call.scalar(1, "min")?.filter(|&low| low > f32::MIN);
            let high = call.scalar(2, "max")?.filter(|&high| high < f32::MAX);
            match (low, high) {
                (Some(low), Some(high)) => chain.apply(Activation::Clip { low, high })?,
                (Some(low), None) => chain.number(Arithmetic::Larger, low)?,
                (None, Some(high)) => chain.number(Arithmetic::Smaller, high)?,
                (None, None) => &mut chain,
            };
        }
        "Neg" => {
            chain.number(Arithmetic::Multiply, -1.0)?;
        }
        "Reciprocal" => {
            chain.number(Arithmetic::Power, -1.0)?;
        }
        "Gelu" => match call.attributes.text("approximate")?.unwrap_or("none") {
            "none" => {
                chain.apply(Activation::Gelu)?;
            }
            "tanh" => {
                // x / 2 * (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
                chain.with(Arithmetic::Multiply, &x)?;
                chain.number(Arithmetic::Multiply, 0.044_715)?;
                chain.number(Arithmetic::Add, 1.0)?;
                chain.with(Arithmetic::Multiply, &x)?;
                let slope = std::f32::consts::FRAC_2_PI.sqrt();
                chain.number(Arithmetic::Multiply, slope)?;
                chain
                    .apply(Activation::Tanh)?
                    .number(Arithmetic::Add, 1.0)?;
                chain.with(Arithmetic::Multiply, &x)?;
                chain.number(Arithmetic::Multiply, 0.5)?;
            }
            other => {
                return Err(Refusal::Attribute {
                    name: "approximate",
                    value: other.escape_debug().to_string(),
                    accepted: "none or tanh",
                })
            }
        },
        "Swish" => {
            let slope = float("alpha", 1.0)?;
            chain.number(Arithmetic::Multiply, slope)?;
            chain.apply(Activation::Sigmoid)?;
            chain.with(Arithmetic::Multiply, &x)?;
        }
        "Selu" => {
            let alpha = float("alpha", 1.673_263_2)?;
            let gamma = float("gamma", 1.050_701)?;
            chain.apply(Activation::Elu { alpha })?;
            chain.number(Arithmetic::Multiply, gamma)?;
        }
        "Celu" => {
            let alpha = float("alpha", 1.0)?;
            chain.number(Arithmetic::Divide, alpha)?;
            chain.apply(Activation::Elu { alpha: 1.0 })?;
            chain.number(Arithmetic::Multiply, alpha)?;
        }
        "Softplus" => softplus(&mut chain)?,
        "Mish" => {
            softplus(&mut chain)?;
            chain.apply(Activation::Tanh)?;
            chain.with(Arithmetic::Multiply, &x)?;
        }
        "Softsign" => {
            chain.apply(Activation::Magnitude)?;
            chain.number(Arithmetic::Add, 1.0)?;
            let denominator = chain.computed.clone();
            chain.computed = x;
            chain.with(Arithmetic::Divide, &denominator)?;
        }
        _ => return leaky(call, chain),
    }
    Ok(chain.computed)
}

/// Operators that are composed.
const KNOWN: [&str; 11] = [
    "Celu",
    "Clip",
    "Gelu",
    "Mish",
    "Neg",
    "PRelu",
    "Reciprocal",
    "Selu",
    "Softplus",
    "Softsign",
    "Swish",
];

/// `log(1 + exp(x))`, as `max(x, 0) + log(1 + exp(-|x|))`, which does not overflow.
fn softplus(chain: &mut Chain<'_>) -> Result<(), Refusal> {
    let x = chain.computed.clone();
    chain.apply(Activation::Relu)?;
    let positive = std::mem::replace(&mut chain.computed, x);
    chain.apply(Activation::Magnitude)?;
    chain.number(Arithmetic::Multiply, -1.0)?;
    chain.apply(Activation::Exponential)?;
    chain.number(Arithmetic::Add, 1.0)?;
    chain.apply(Activation::Logarithm)?;
    chain.with(Arithmetic::Add, &positive)?;
    Ok(())
}

/// `max(x, 0) + slope min(x, 0)` with slopes that were trained.
fn leaky(call: &Call<'_>, mut chain: Chain<'_>) -> Result<Computed, Refusal> {
    let slopes = call.constant(1)?;
    if let Some(slope) = slopes.scalar() {
        chain.apply(Activation::LeakyRelu { slope })?;
        return Ok(chain.computed);
    }
    let x = chain.computed.clone();
    chain.number(Arithmetic::Smaller, 0.0)?;
    let negative = Value::Computed(chain.computed.clone());
    let slopes = Value::Constant(std::rc::Rc::clone(slopes));
    let negative = combine(Arithmetic::Multiply, &negative, &slopes, chain.draft)?;
    chain.computed = x;
    chain.apply(Activation::Relu)?;
    chain.with(Arithmetic::Add, &negative)?;
    Ok(chain.computed)
}

/// What to do about an operator that is not known.
fn advice(operator: &str) -> &'static str {
    match operator {
        "If" | "Loop" | "Scan" => {
            "; a network that decides what to compute is no graph: export it with the decision made"
        }
        "QuantizeLinear" | "DequantizeLinear" | "QLinearConv" | "ConvInteger" | "MatMulInteger" => {
            "; this file is quantised already: export the network as it was before"
        }
        "ConvTranspose" => "; only classifiers are certified, and few need it",
        "RNN" | "LSTM" | "GRU" => "; recurrent networks are not supported",
        _ => {
            "; export it in simpler operators, for example with torch.onnx.export(..., \
             opset_version=17, dynamo=False)"
        }
    }
}
