"""Writes curves.json beside this file: precision-recall and ROC curves of scikit-learn, net benefit of dcurves.

    pip install scikit-learn==1.9.1 numpy==2.4.6 dcurves==1.1.7
    python make-curves.py
"""

import json
import pathlib

import numpy as np
import pandas as pd
import sklearn
from dcurves import dca
from sklearn import metrics as sk

random = np.random.default_rng(5)
m = 150
z = np.floor(random.normal(0, 4, m)) / 4
p = 1 / (1 + np.exp(-z))
y = (random.random(m) < p).astype(int)
s = random.integers(1, 4, m)
precision, recall, thresholds = sk.precision_recall_curve(y, p, sample_weight=s)
fpr, tpr, _ = sk.roc_curve(y, p, sample_weight=s, drop_intermediate=False)
net = dca(pd.DataFrame({"y": y, "p": p}), outcome="y", modelnames=["p"], thresholds=np.arange(1, 100) / 100)
benefit = {name: net[net["model"] == name]["net_benefit"].tolist() for name in ["p", "all"]}
path = pathlib.Path(__file__).with_name("curves.json")
curves = {
    "madeBy": "make-curves.py",
    "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "dcurves": "1.1.7"},
    "scores": z.tolist(),
    "labels": y.tolist(),
    "weights": s.tolist(),
    # from the highest threshold down; the points where nothing is predicted are left out
    "thresholds": thresholds[::-1].tolist(),
    "precision": precision[-2::-1].tolist(),
    "recall": recall[-2::-1].tolist(),
    "fpr": fpr[1:].tolist(),
    "tpr": tpr[1:].tolist(),
    "netBenefit": benefit,
}
path.write_text(json.dumps(curves) + "\n")
