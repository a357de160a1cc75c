"""Writes test/reference/bank-8.json: the fit of bank-8.csv.zst by Newton's method from zero in float64, on standardised columns.

    pip install -r test/reference/scripts/requirements.txt
    python test/reference/scripts/bank.py
"""

import csv
import io
import json
from pathlib import Path

import numpy as np
import zstandard
from scipy.stats import rankdata

folder = Path(__file__).resolve().parent.parent
with open(folder / "bank-8.csv.zst", "rb") as handle:
    text = zstandard.ZstdDecompressor().stream_reader(handle).read().decode()
rows = list(csv.DictReader(io.StringIO(text)))
y = np.array([row["y"] == "yes" for row in rows], float)

columns, terms = [], []
for name in (name for name in rows[0] if name != "y"):
    cells = [row[name] for row in rows]
    if name in ("duration", "day"):
        columns.append(np.array(cells, float))
        terms.append(name)
    else:  # indicators of all levels but the first in sorted order
        for level in sorted(set(cells))[1:]:
            columns.append(np.array([cell == level for cell in cells], float))
            terms.append(f"{name}={level}")
X = np.array(columns).T
means, scales = X.mean(0), X.std(0)
design = np.c_[(X - means) / scales, np.ones(len(y))]

theta = np.zeros(design.shape[1])
for iteration in range(30):
    p = 1 / (1 + np.exp(-design @ theta))
    gradient = design.T @ (p - y) / len(y)
    step = np.linalg.solve((design.T * (p * (1 - p))) @ design / len(y), gradient)
    theta -= step
    if np.abs(step).max() < 1e-13:
        break
else:
    raise RuntimeError("not converged")

z = design @ theta
ranks, ones = rankdata(z), y.sum()
w = theta[:-1] / scales
result = {
    "note": "Newton's method from zero in float64 on standardised columns, gradient below 1e-15; made by scripts/bank.py. Positive class: yes.",
    "iterations": iteration,
    "meanLogLoss": float(np.mean(np.logaddexp(0, z) - y * z)),
    "auc": float((ranks[y == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(y) - ones))),
    "intercept": float(theta[-1] - w @ means),
    "coefficients": dict(zip(terms, w.tolist())),
}
(folder / "bank-8.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
print({key: value for key, value in result.items() if key != "coefficients"})
