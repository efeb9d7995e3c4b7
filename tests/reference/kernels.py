"""Writes kl_inverse.csv and binomial_tail.csv: the two inverses that all bounds go through, at
random and extreme arguments, to 25 digits.

    pip install mpmath && python3 tests/reference/kernels.py

Nothing is shared with the crate but the definitions: roots by bracketing, the binomial tail by
Gauss-Legendre quadrature of the beta density.
"""

import csv
import math
import os
import random

from mpmath import mp, mpf, log, log1p, exp, expm1, sqrt, loggamma, inf

mp.dps = 60
random.seed(20190501)
HERE = os.path.dirname(os.path.abspath(__file__))


def gauss_legendre(degree):
    nodes = []
    for i in range(1, degree + 1):
        x = mp.cos(mp.pi * (i - mpf(1) / 4) / (degree + mpf(1) / 2))
        for _ in range(8):
            before, value = mpf(1), x
            for j in range(2, degree + 1):
                before, value = value, ((2 * j - 1) * x * value - (j - 1) * before) / j
            slope = degree * (x * value - before) / (x * x - 1)
            x -= value / slope
        nodes.append((x, 2 / ((1 - x * x) * slope * slope)))
    return nodes


NODES = gauss_legendre(48)


def kl(q, p):
    total = mpf(0)
    if q > 0:
        total += q * log(q / p)
    if q < 1:
        total += (1 - q) * log((1 - q) / (1 - p))
    return total


def root(function, low, high):
    """Where an increasing function passes 0, by bisection and then the secant method between
    brackets (Illinois).
    """
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if function(middle) >= 0 else (middle, high)
    at_low, at_high, side = function(low), function(high), 0
    while high - low > mpf(10) ** -40 * abs(high):
        middle = high - at_high * (high - low) / (at_high - at_low)
        value = function(middle)
        if value == 0:
            return middle
        if value > 0:
            high, at_high = middle, value
            at_low, side = (at_low / 2, 1) if side == 1 else (at_low, 1)
        else:
            low, at_low = middle, value
            at_high, side = (at_high / 2, -1) if side == -1 else (at_high, -1)
    return high


def ln_lower_tail(n, k, p):
    """ln Pr[Bin(n, p) <= k], 0 < k < n: the beta density integrated on the side that is smaller,
    piece by piece from p.
    """
    a, b = k, n - k - 1
    log_density = lambda x: a * log(x) + (b * log1p(-x) if b else 0)
    upwards = p * (a + b) >= a
    base, total, x = log_density(p), mpf(0), p
    while True:
        slope, curvature = abs(a / x - b / (1 - x)), a / x**2 + b / (1 - x) ** 2
        room = 1 - x if upwards else x
        width = min(6 / slope if slope else inf, sqrt(6 / curvature))
        width = room if width >= room else min(width, room / 2)
        half = width / 2
        middle = x + half if upwards else x - half
        total += half * sum(
            weight * exp(log_density(middle + half * node) - base) for node, weight in NODES
        )
        x = x + width if upwards else x - width
        if width == room or log_density(x) - base < -110:
            break
    side = loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k) + base + log(total)
    return side if upwards else log(-expm1(side))


def logistic(x):
    return 1 / (1 + exp(-x))


def rate():
    return random.choice(
        [
            random.random(),
            10 ** random.uniform(-12, 0),
            1 - 10 ** random.uniform(-15, 0),
            10 ** random.uniform(-280, -12),
        ]
    )


def write(name, header, rows):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


rows = []
while len(rows) < 150:
    q, c = rate(), 10 ** random.choice([random.uniform(-8, 1), random.uniform(-30, 2)])
    mp.dps = 400
    exact_q, exact_c = mpf(q), mpf(c)
    # In the logit, in which both ends of (0, 1) have room.
    at_q, end = log(exact_q / (1 - exact_q)), 900 * log(mpf(2))
    beyond = lambda x: kl(exact_q, logistic(x)) - exact_c
    # Both roots are numbers that doubles can hold.
    if beyond(end) > 0 and beyond(-end) > 0:
        upper = logistic(root(beyond, at_q, end))
        lower = logistic(-root(lambda x: beyond(-x), -at_q, end))
        rows.append([repr(q), repr(c), mp.nstr(upper, 25), mp.nstr(lower, 25)])
mp.dps = 60
write("kl_inverse.csv", ["q", "c", "upper", "lower"], rows)

rows = []
while len(rows) < 120:
    n = random.choice(
        [random.randint(2, 30), random.randint(2, 1000), int(10 ** random.uniform(0.5, 12)), 10**12]
    )
    k = random.choice(
        [
            random.randint(1, n - 1),
            int(10 ** random.uniform(0, math.log10(n))),
            min(n - 1, 3),
            max(1, n - 3),
        ]
    )
    budget = random.choice(
        [
            random.uniform(0, 3),
            random.uniform(1, 100),
            n * 10 ** random.uniform(-7, 0),
            10 ** random.uniform(-12, 9),
        ]
    )
    if not 0 < k < n:
        continue
    beyond = lambda x: -ln_lower_tail(n, k, logistic(x)) - mpf(budget)
    if beyond(mpf(60)) <= 0:
        continue
    p = logistic(root(beyond, mpf(-70), mpf(60)))
    rows.append([n, k, repr(budget), mp.nstr(p, 25)])
write("binomial_tail.csv", ["n", "errors", "nats", "p"], rows)
