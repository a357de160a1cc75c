"""
Standard errors, tests and intervals in 40-digit arithmetic: inference.json.

Newton's method on the log-likelihood, with one coefficient fixed for profiles, whose ends are found by bisection and a secant. Run in
this folder: python inference.py > ../inference.json
"""
import csv
import json

import mpmath as mp

mp.mp.dps = 40


def table(name):
    with open(f"../{name}.csv") as file:
        return list(csv.DictReader(file))


def softmax(z):
    top = max([mp.mpf(0), *z])
    e = [mp.e ** (-top)] + [mp.e ** (v - top) for v in z]
    total = sum(e)
    return [v / total for v in e], top + mp.log(total)


def likelihood(theta, X, y, K):
    """Log-likelihood, score and information of theta [k·p], X with its column of ones first."""
    k, p = K - 1, len(X[0])
    value, score = mp.mpf(0), [mp.mpf(0)] * (k * p)
    information = mp.zeros(k * p)
    for x, label in zip(X, y):
        z = [mp.fdot(theta[c * p : (c + 1) * p], x) for c in range(k)]
        a, log_total = softmax(z)
        value += (z[label - 1] if label > 0 else 0) - log_total
        for c in range(k):
            r = (1 if label == c + 1 else 0) - a[c + 1]
            for j in range(p):
                score[c * p + j] += r * x[j]
            for d in range(k):
                h = a[c + 1] * ((1 if c == d else 0) - a[d + 1])
                for j in range(p):
                    for l in range(p):
                        information[c * p + j, d * p + l] += h * x[j] * x[l]
    return value, score, information


def fit(X, y, K=2, fixed=None, start=None):
    """Maximises over theta, with fixed = {index: value}; gives theta, the log-likelihood and the information."""
    size = (K - 1) * len(X[0])
    fixed = fixed or {}
    theta = list(start) if start else [mp.mpf(0)] * size
    for at, value in fixed.items():
        theta[at] = mp.mpf(value)
    free = [at for at in range(size) if at not in fixed]
    value, score, information = likelihood(theta, X, y, K)
    for _ in range(200):
        if not free:
            break
        A = mp.matrix([[information[i, j] for j in free] for i in free])
        step = mp.lu_solve(A, mp.matrix([score[i] for i in free]))
        t = mp.mpf(1)
        while True:
            trial = list(theta)
            for at, s in zip(free, step):
                trial[at] += t * s
            after = likelihood(trial, X, y, K)
            if after[0] >= value - mp.mpf(10) ** -36 or t < mp.mpf(10) ** -12:
                break
            t /= 2
        theta, (value, score, information) = trial, after
        if max(abs(score[i]) for i in free) < mp.mpf(10) ** -30:
            break
    return theta, value, information


def profile_end(X, y, at, theta, top, se, sign):
    """The end of the 95 % profile interval of theta[at] on one side."""
    q2 = (mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))) ** 2

    def excess(value, start):
        moved, log_likelihood, _ = fit(X, y, 2, {at: value}, start)
        return 2 * (top - log_likelihood) - q2, moved

    low, high, start = theta[at], theta[at] + sign * se, theta
    while True:
        e, start = excess(high, start)
        if e > 0:
            break
        low, high = high, high + sign * se
    for _ in range(8):
        middle = (low + high) / 2
        e, start = excess(middle, start)
        low, high = (low, middle) if e > 0 else (middle, high)
    f = lambda v: excess(v, start)[0]
    return mp.findroot(f, (low, high), solver="anderson", tol=mp.mpf(10) ** -22, verify=False)


def chi2_tail(x, df):
    return mp.gammainc(mp.mpf(df) / 2, mp.mpf(x) / 2, regularized=True)


def number(v):
    return float(mp.nstr(v, 20))


def case(rows, target, features, K=2, groups=None, profile=False, robust=False):
    X = [[mp.mpf(1)] + [mp.mpf(row[f]) for f in features] for row in rows]
    y = [int(row[target]) for row in rows]
    p, n, k = len(X[0]), len(X), K - 1
    theta, ll, information = fit(X, y, K)
    V = information ** -1
    se = [mp.sqrt(V[i, i]) for i in range(k * p)]
    z = [b / s for b, s in zip(theta, se)]
    q = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))
    null = fit([[x[0]] for x in X], y, K)[1]
    lr, df = 2 * (ll - null), k * (p - 1)
    result = {
        "features": features,
        "target": target,
        "classes": K,
        "estimate": theta,
        "standardError": se,
        "z": z,
        "p": [mp.erfc(abs(v) / mp.sqrt(2)) for v in z],
        "wald": [[b - q * s, b + q * s] for b, s in zip(theta, se)],
        "covariance": [V[i, j] for i in range(k * p) for j in range(i + 1)],
        "logLikelihood": ll,
        "nullLogLikelihood": null,
        "aic": -2 * ll + 2 * k * p,
        "bic": -2 * ll + mp.log(n) * k * p,
        "likelihoodRatio": [lr, df, chi2_tail(lr, df)],
    }
    terms = []
    for name, members in (groups or {f: [f] for f in features}).items():
        out = [features.index(m) + 1 for m in members]
        kept = [j for j in range(p) if j not in out]
        reduced = fit([[x[j] for j in kept] for x in X], y, K)[1]
        at = [c * p + j for c in range(k) for j in out]
        W = mp.matrix([[V[i, j] for j in at] for i in at])
        b = mp.matrix([theta[i] for i in at])
        wald = (b.T * (W ** -1) * b)[0]
        statistic = 2 * (ll - reduced)
        terms.append(
            {
                "term": name,
                "df": len(at),
                "likelihoodRatio": [statistic, chi2_tail(statistic, len(at))],
                "wald": [wald, chi2_tail(wald, len(at))],
            }
        )
    result["terms"] = terms
    if K == 2:
        a = [1 / (1 + mp.e ** (-mp.fdot(theta, x))) for x in X]
        ones = [v for v, label in zip(a, y) if label]
        zeros = [v for v, label in zip(a, y) if not label]
        cox = 1 - mp.e ** (2 * (null - ll) / n)
        result["pseudoR2"] = {
            "mcFadden": 1 - ll / null,
            "coxSnell": cox,
            "nagelkerke": cox / (1 - mp.e ** (2 * null / n)),
            "tjur": sum(ones) / len(ones) - sum(zeros) / len(zeros),
        }
        if robust:
            h = [(mp.matrix([x]) * V * mp.matrix(x))[0] * v * (1 - v) for x, v in zip(X, a)]
            weights = {
                "HC0": [mp.mpf(1)] * n,
                "HC1": [mp.mpf(n) / (n - p)] * n,
                "HC2": [1 / (1 - v) for v in h],
                "HC3": [1 / (1 - v) ** 2 for v in h],
            }
            result["robust"] = {}
            for name, w in weights.items():
                meat = mp.zeros(p)
                for x, v, label, s in zip(X, a, y, w):
                    r = s * (label - v) ** 2
                    for i in range(p):
                        for j in range(p):
                            meat[i, j] += r * x[i] * x[j]
                S = V * meat * V
                result["robust"][name] = [mp.sqrt(S[i, i]) for i in range(p)]
        if profile:
            result["profile"] = [
                [profile_end(X, y, at, theta, ll, se[at], sign) for sign in (-1, 1)] for at in range(p)
            ]
            result["profileP"] = [chi2_tail(2 * (ll - fit(X, y, K, {at: 0}, theta)[1]), 1) for at in range(p)]
    return result


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return number(value) if isinstance(value, mp.mpf) else value


def main():
    mtcars, infert, birthwt = table("mtcars"), table("infert"), table("birthwt")
    for row in birthwt:
        row["race2"], row["race3"] = int(row["race"] == "2"), int(row["race"] == "3")
    for row in infert:
        row["level"] = ["0-5yrs", "6-11yrs", "12+ yrs"].index(row["education"])
    features = ["age", "lwt", "race2", "race3", "smoke", "ptl", "ht", "ui"]
    groups = {f: [f] for f in features if not f.startswith("race")} | {"race": ["race2", "race3"]}
    cases = {
        "mtcars-am-wt": case(mtcars, "am", ["wt"], profile=True, robust=True),
        "mtcars-am-wt-hp": case(mtcars, "am", ["wt", "hp"], profile=True, robust=True),
        "birthwt-8": case(birthwt, "low", features, groups=groups, profile=True, robust=True),
        "infert": case(infert, "case", ["spontaneous", "induced"], profile=True, robust=True),
        "infert-education": case(infert, "level", ["age", "parity"], K=3),
    }
    versions = {"made by": "scripts/inference.py", "mpmath": mp.__version__, "digits": mp.mp.dps}
    print(json.dumps(plain({**versions, "cases": cases}), indent=1))


main()
