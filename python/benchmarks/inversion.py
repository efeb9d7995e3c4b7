"""Binomial inversions a second, and how near they are: ``python benchmarks/inversion.py``.

The largest error that so few held-out errors do not refute (Clopper and Pearson 1934), by this
package, by SciPy element by element and by SciPy's vectorised ``betaincinv``, and of each the
largest relative error against 50 digits. Then Occam's bound at 2,000 bits, where delta is 2^-2004.
Needs scipy and mpmath.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import mpmath
import nonvacuous
import numpy as np
from scipy import special, stats

COUNT = 1_000_000
LOOPED = 2_000
COMPARED = 300
DELTA = 0.05


def examples(count: int) -> tuple[Any, Any]:
    """Sizes from 100 to 10^6 and errors of a rate from 0 to a half."""
    random = np.random.default_rng(1)
    n = np.exp(random.uniform(np.log(100), np.log(1_000_000), count)).astype(np.int64)
    return n, random.binomial(n, random.uniform(0.0, 0.5, count))


def ln_tail(n: int, k: int, p: Any) -> Any:
    """``ln Pr[Bin(n, p) <= k]``, term by term from the largest down."""
    term = total = mpmath.mpf(1)
    for j in range(k, 0, -1):
        term *= j * (1 - p) / ((n - j + 1) * p)
        total += term
        if term < total * mpmath.mpf(10) ** -45:
            break
    ln_choose = mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1)
    return ln_choose + k * mpmath.log(p) + (n - k) * mpmath.log(1 - p) + mpmath.log(total)


def exact(n: int, k: int, ln_delta: Any, start: float) -> Any:
    """The inverse, to some 40 digits."""
    mpmath.mp.dps = 50
    first = mpmath.mpf(start)
    second = first * (1 - mpmath.mpf(10) ** -6)
    return mpmath.findroot(lambda p: ln_tail(n, k, p) - ln_delta, (first, second))


def timed(name: str, count: int, work: Callable[[], Any]) -> Any:
    """Runs it three times, and says how many a second the fastest made."""
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begun)
    print(f"{name:34} {count / min(seconds):12,.0f} a second")
    return found


def main() -> None:
    """Times and compares."""
    print(f"{os.cpu_count()} processors, {COUNT:,} inversions at delta = {DELTA}")
    n, k = examples(COUNT)
    ours = timed("nonvacuous", COUNT, lambda: nonvacuous.binomial_tail_inverse(n, k, DELTA))
    vector = timed("scipy.special.betaincinv, arrays", COUNT,
                   lambda: special.betaincinv(k + 1, n - k, 1 - DELTA))
    timed("scipy.stats.beta.ppf, one by one", LOOPED,
          lambda: [stats.beta.ppf(1 - DELTA, a + 1, b - a) for a, b in zip(k[:LOOPED], n[:LOOPED])])
    ln_delta = mpmath.log(mpmath.mpf(DELTA))
    compared = np.linspace(0, COUNT - 1, COMPARED).astype(int)
    errors: dict[str, list[float]] = {"nonvacuous": [], "betaincinv": []}
    for place in compared:
        truth = exact(int(n[place]), int(k[place]), ln_delta, float(ours[place]))
        for name, found in (("nonvacuous", ours), ("betaincinv", vector)):
            errors[name].append(float(mpmath.mpf(float(found[place])) / truth - 1))
    for name, list_of in errors.items():
        below = sum(error < 0 for error in list_of)
        print(f"{name:12} relative error from {min(list_of):.1e} to {max(list_of):.1e}; "
              f"{below} of {COMPARED} below the true value")
    print("Occam's bound at 2,000 bits:")
    timed("nonvacuous", COUNT,
          lambda: nonvacuous.bounds(n, k, 2_000, DELTA, kinds=["occam_binomial"]))
    tiny = DELTA * 2.0**-1060
    naive = special.betaincinv(k[:5] + 1, n[:5] - k[:5], 1 - tiny)
    print(f"betaincinv at delta = 2^-1064, which 1 - delta rounds away: {naive}")


if __name__ == "__main__":
    main()
