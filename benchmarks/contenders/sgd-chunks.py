"""scikit-learn's SGDClassifier by partial_fit over chunks of a Parquet file: one pass, scaled by the first chunk."""
import json
import resource
import sys
import time

import numpy as np
import polars as pl
from sklearn.linear_model import SGDClassifier

path = sys.argv[1]
chunk = 100_000
start = time.perf_counter()
lazy = pl.scan_parquet(path)
names = [name for name in lazy.collect_schema().names() if name != "y"]
rows = lazy.select(pl.len()).collect().item()


def read(offset):
    frame = lazy.slice(offset, chunk).collect()
    return frame.select(names).to_numpy(), frame["y"].to_numpy()


model = SGDClassifier(loss="log_loss", random_state=1)
mean = scale = None
for offset in range(0, rows, chunk):
    x, y = read(offset)
    if mean is None:
        mean, scale = x.mean(axis=0), x.std(axis=0)
    model.partial_fit((x - mean) / scale, y, classes=[0, 1])
seconds = time.perf_counter() - start
total = 0.0
for offset in range(0, rows, chunk):
    x, y = read(offset)
    z = ((x - mean) / scale) @ model.coef_[0] + model.intercept_[0]
    total += np.logaddexp(0, np.where(y == 1, -z, z)).sum()
print(
    json.dumps(
        {
            "seconds": seconds,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "raw": (model.coef_[0] / scale).tolist(),
            "weights": [],
            "meanLogLoss": total / rows,
        }
    )
)
