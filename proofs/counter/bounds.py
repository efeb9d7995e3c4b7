"""The bounds of a certificate: proofs/occam.md, docs/certificate.md.

All that is compared with `delta 2^-bits` is exact, but for the forms with logarithms, which are
computed to 60 digits.
"""

from decimal import Decimal, localcontext

MILLION = 10 ** 6


def tail_limit(delta, bits):
    """`delta 2^-bits`."""
    return delta / 2 ** bits


def tail_is_below(n, k, millionths, limit):
    """Whether `Pr[Bin(n, p) <= k] <= limit` for p in millionths, by whole numbers alone."""
    hit, miss = millionths, MILLION - millionths
    term = total = 1
    for count in range(1, k + 1):
        term = term * ((n - count + 1) * hit) // count
        total = total * miss + term
    # The tail is total miss^(n-k) / MILLION^n.
    return total * miss ** (n - k) * limit.denominator <= limit.numerator * MILLION ** n


def smallest(holds):
    """The smallest p in millionths for which `holds`, which once true stays so; at most 1."""
    low, high = 0, MILLION
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def binomial(n, k, limit, near):
    """The binomial bound in millionths, rounded up, proved by whole numbers.

    The tail falls in p, so that two tails prove it, if it is `near`; else it is looked for.
    """
    if k >= n:
        return MILLION

    def holds(millionths):
        return tail_is_below(n, k, millionths, limit)
    if 0 < near <= MILLION and holds(near) and not holds(near - 1):
        return near
    return smallest(holds)


def nats(limit):
    """`ln(1 / limit)`."""
    with localcontext() as context:
        context.prec = 60
        return Decimal(limit.denominator).ln() - Decimal(limit.numerator).ln()


def kl(q, p):
    """`kl(q || p)` of two numbers between 0 and 1."""
    result = Decimal(0)
    if q > 0:
        result += q * (q / p).ln()
    if q < 1:
        result += (1 - q) * ((1 - q) / (1 - p)).ln()
    return result


def occam_kl(n, risk, limit):
    """The largest p with `n kl(risk || p) <= ln(1/limit)`, in millionths, rounded up."""
    budget = nats(limit)
    with localcontext() as context:
        context.prec = 60
        q = Decimal(risk.numerator) / risk.denominator

        def beyond(millionths):
            p = Decimal(millionths) / MILLION
            return p >= 1 or (p > q and n * kl(q, p) >= budget)
        return smallest(beyond)


def occam_hoeffding(n, risk, limit):
    """`risk + sqrt(ln(1/limit) / (2 n))` in millionths, rounded up, at most 1."""
    budget = nats(limit)
    with localcontext() as context:
        context.prec = 60
        bound = Decimal(risk.numerator) / risk.denominator + (budget / (2 * n)).sqrt()
        return min(int((bound * MILLION).to_integral_value("ROUND_CEILING")), MILLION)
