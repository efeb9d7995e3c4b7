"""Elementary functions: docs/function.md, sections 1 and 4. All arrays are single precision."""

import numpy as np

F = np.float32
ROUND = F(12582912)


def number(hexadecimal):
    """The number with these bits."""
    return np.uint32(int(hexadecimal, 16)).view(np.float32)


def bits(x):
    """The bits of numbers as integers, which wrap around."""
    return np.asarray(x, np.float32).view(np.int32)


def from_bits(i):
    """The numbers with these bits."""
    return i.astype(np.int32).view(np.float32)


def words(text):
    """Constants of a polynomial."""
    return tuple(number(word) for word in text.split())


LOG2_E = number("3fb8aa3b")
LOW = number("b95e8083")
HIGH = F(0.693359375)
EXP = words("39506967 3ab743ce 3c088908 3d2aa9c1 3e2aaaaa 3f000000")
LOG = words("3d9021bb bdebd1b8 3def251a bdfe5d4f 3e11e9bf be2aae50 3e4cceac be7ffffc 3eaaaaaa")
ERF_NEAR = words("ba1c12e3 3ba3611a bcdb3b65 3de70c82 bec0936e 3e0375d0")
ERF_FAR = words("b94d7498 3b4770c5 bcb61542 3dd4da1a 3f231e60 3f9057ad 394d2d24")
TANH = words("bbbaf0ea 3ca9134e bd5c1e2d 3e088393 beaaaa99")
ROOT_OF_HALF = np.int32(0x3F3504F3)
MANTISSA = np.int32(0x007FFFFF)


def poly(coefficients, x):
    """Horner's rule."""
    total = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def larger(a, b):
    """`b` if `b > a`, else `a`."""
    return np.where(b > a, b, a)


def smaller(a, b):
    """`b` if `b < a`, else `a`."""
    return np.where(b < a, b, a)


def magnitude(x):
    """The sign bit cleared."""
    return np.abs(x)


def with_sign_of(x, y):
    """`y` with the sign bit of `x` set too."""
    return from_bits(bits(y) | (bits(x) & np.int32(-1 << 31)))


def exp(x):
    x = np.where(x > F(89), F(89), x)
    x = np.where(x < F(-104), F(-104), x)
    t = x * LOG2_E + ROUND
    k = t - ROUND
    r = (x - k * HIGH) - k * LOW
    m = (poly(EXP, r) * (r * r) + r) + F(1)
    i = bits(t) - bits(ROUND)
    h = i >> 1
    result = (m * from_bits((h + 127) << 23)) * from_bits((i - h + 127) << 23)
    return np.where(np.isnan(x), F(np.nan), result)


def log(x):
    small = x < F(2.0 ** -126)
    z = np.where(small, x * F(8388608), x)
    i = bits(z) - ROOT_OF_HALF
    k = ((i >> 23) - np.where(small, np.int32(23), np.int32(0))).astype(np.float32)
    r = from_bits((i & MANTISSA) + ROOT_OF_HALF) - F(1)
    q = r * r
    c = (poly(LOG, r) * r) * q
    result = (r + ((c + k * LOW) - F(0.5) * q)) + k * HIGH
    result = np.where(np.isinf(x), x, result)
    result = np.where(x == F(0), F(-np.inf), result)
    return np.where(x >= F(0), result, F(np.nan))


def erf(x):
    a = magnitude(x)
    a = np.where(a > F(4), F(4), a)
    near = x + x * poly(ERF_NEAR, x * x)
    far = with_sign_of(x, F(1) - exp(-poly(ERF_FAR, a)))
    return np.where(a < F(0.921875), near, far)


def tanh(x):
    a = magnitude(x)
    q = x * x
    near = x + x * (q * poly(TANH, q))
    far = with_sign_of(x, F(1) - F(2) / (exp(a + a) + F(1)))
    return np.where(a < F(0.625), near, far)


def power(a, b):
    """`power(a, b)`, number by number."""
    a, b = np.broadcast_arrays(np.asarray(a, np.float32), np.asarray(b, np.float32))
    p = exp(b * log(magnitude(a)))
    t = b + ROUND
    whole = (t - ROUND == b) & (magnitude(b) < F(4194304))
    odd = (bits(t) & np.int32(1)) == 1
    negative = np.where(whole, np.where(odd, -p, p), F(np.nan))
    result = np.where(a < F(0), negative, p)
    simple = ((0, np.ones_like(a)), (1, a), (2, a * a), (3, (a * a) * a), (-1, F(1) / a),
              (0.5, np.sqrt(a)), (-0.5, F(1) / np.sqrt(a)))
    for exponent, value in simple:
        result = np.where(b == F(exponent), value, result)
    return result


def activate(name, singles, x):
    """"Activations": docs/function.md, section 3."""
    zero, one = F(0), F(1)
    if name == "relu":
        return larger(zero, x)
    if name == "clip":
        return smaller(singles[1], larger(singles[0], x))
    if name == "leaky relu":
        return np.where(x > zero, x, singles[0] * x)
    if name == "elu":
        return np.where(x > zero, x, singles[0] * (exp(x) - one))
    if name == "sigmoid":
        return one / (one + exp(-x))
    if name == "hard sigmoid":
        return larger(zero, smaller(one, singles[0] * x + singles[1]))
    if name == "hard swish":
        return x * larger(zero, smaller(one, x / F(6) + F(0.5)))
    if name == "gelu":
        return x * ((one + erf(x * number("3f3504f3"))) * F(0.5))
    return {"tanh": tanh, "exp": exp, "log": log, "erf": erf, "sqrt": np.sqrt,
            "abs": magnitude}[name](x)


ARITHMETIC = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "larger": larger, "smaller": smaller, "power": power,
}
