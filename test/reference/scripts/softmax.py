"""Softmax of single rows in 60 digits, rounded to float64: probabilities, loss, dz and curvature for each class.

Run: python softmax.py, which writes ../softmax-scalars.json.
"""
import json
from pathlib import Path

from mpmath import exp, log1p, mp, mpf

mp.dps = 60

ROWS = [
    [0.0], [3.0], [-40.0], [700.0], [-745.0],
    [0.0, 0.0], [1.0, -1.0], [20.0, 20.0], [20.0, -20.0], [-50.0, -60.0], [300.0, 299.5], [-700.0, -710.0],
    [1000.0, 1000.0], [1000.0, -1000.0], [0.5, 37.0, 36.0], [-3.0, 1.5, 0.25], [5.0, 5.0, 5.0], [0.0, 80.0, -80.0],
]


def of_row(z):
    scores = [mpf(0)] + [mpf(value) for value in z]
    e = [exp(score - max(scores)) for score in scores]
    total = sum(e)
    a = [value / total for value in e]
    rest = [sum(value for d, value in enumerate(e) if d != c) / total for c in range(len(e))]
    classes = range(len(scores))
    # ln(sum e^(z_d)) - z_y with the largest score left out of the sum, so that 60 digits are enough
    largest = max(classes, key=lambda c: scores[c])
    log_rest = log1p(sum(value for d, value in enumerate(e) if d != largest))
    return {
        "z": z,
        "probabilities": [float(value) for value in a],
        "losses": [float(max(scores) - scores[y] + log_rest) for y in classes],
        "dz": [[float(-rest[c] if c == y else a[c]) for c in classes[1:]] for y in classes],
        "curvature": [[float(a[c] * rest[c] if c == d else -a[c] * a[d]) for d in classes[1:]] for c in classes[1:]],
    }


note = "60-digit mpmath values rounded to float64; losses and dz for each class y, dz and curvature without the reference class"
path = Path(__file__).parent.parent / "softmax-scalars.json"
path.write_text(json.dumps({"note": note, "rows": [of_row(z) for z in ROWS]}, indent=1) + "\n")
