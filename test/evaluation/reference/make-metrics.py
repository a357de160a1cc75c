"""Writes metrics.json beside this file: figures of scikit-learn for small made-up rows, with and without weights.

    pip install scikit-learn==1.9.1 numpy==2.4.6
    python make-metrics.py

Scores are quarters, so that there are ties. A probability rounds, so AUC is given the rank of each score among the
distinct ones: equal scores stay equal and different ones different. No class is left unpredicted.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn import metrics as sk


def quarters(random, shape):
    return np.floor(random.normal(0, 4, shape)) / 4


def ranks(values):
    """Places among the distinct values; values closer than rounding count as one."""
    distinct = np.unique(np.round(values, 12))
    return np.searchsorted(distinct, np.round(values, 12))


def two_class(seed, m, threshold, weighted):
    random = np.random.default_rng(seed)
    z = quarters(random, m)
    p = 1 / (1 + np.exp(-z))
    y = (random.random(m) < p).astype(int)
    s = np.round(random.uniform(0.25, 3, m), 2) if weighted else None
    predicted = (p >= threshold).astype(int)
    w = {"sample_weight": s}
    tn, fp, fn, tp = sk.confusion_matrix(y, predicted, **w).ravel()
    return {
        "classes": ["no", "yes"],
        "threshold": threshold,
        "scores": [z.tolist()],
        "labels": y.tolist(),
        "weights": None if s is None else s.tolist(),
        "expected": {
            "rows": m,
            "meanLogLoss": sk.log_loss(y, p, **w),
            "accuracy": sk.accuracy_score(y, predicted, **w),
            "auc": sk.roc_auc_score(y, z, **w),
            "averagePrecision": sk.average_precision_score(y, z, **w),
            "brier": sk.brier_score_loss(y, p, **w),
            "confusion": {
                "truePositives": float(tp),
                "falsePositives": float(fp),
                "trueNegatives": float(tn),
                "falseNegatives": float(fn),
            },
            "precision": sk.precision_score(y, predicted, **w),
            "recall": sk.recall_score(y, predicted, **w),
            "f1": sk.f1_score(y, predicted, **w),
        },
    }


def multi_class(seed, m, classes, weighted):
    random = np.random.default_rng(seed)
    K = len(classes)
    z = np.vstack([np.zeros(m), quarters(random, (K - 1, m))])
    p = np.exp(z) / np.exp(z).sum(axis=0)
    y = np.array([random.choice(K, p=p[:, i]) for i in range(m)])
    s = np.round(random.uniform(0.25, 3, m), 2) if weighted else None
    predicted = z.argmax(axis=0)
    w = {"sample_weight": s}
    report = sk.classification_report(y, predicted, target_names=classes, output_dict=True, zero_division=np.nan, **w)
    auc = [sk.roc_auc_score(y == c, ranks(p[c]), **w) for c in range(K)]
    # the averaged figure of scikit-learn itself, from the same probabilities with their rounding
    assert abs(np.mean(auc) - sk.roc_auc_score(y, p.T, multi_class="ovr", **w)) < 1e-3

    def measures(name):
        return {
            "precision": report[name]["precision"],
            "recall": report[name]["recall"],
            "f1": report[name]["f1-score"],
        }

    return {
        "classes": classes,
        "threshold": None,
        "scores": z[1:].tolist(),
        "labels": y.tolist(),
        "weights": None if s is None else s.tolist(),
        "expected": {
            "rows": m,
            "meanLogLoss": sk.log_loss(y, p.T, **w),
            "accuracy": sk.accuracy_score(y, predicted, **w),
            "auc": float(np.mean(auc)),
            "perClass": [
                {"label": name, "support": float(report[name]["support"]), **measures(name), "auc": auc[c]}
                for c, name in enumerate(classes)
            ],
            "macro": measures("macro avg"),
            "weighted": measures("weighted avg"),
            "confusion": sk.confusion_matrix(y, predicted, **w).astype(float).tolist(),
        },
    }


problems = {
    "two classes": two_class(1, 60, 0.5, False),
    "two classes, weighted, threshold 0.3": two_class(2, 60, 0.3, True),
    "three classes": multi_class(3, 60, ["a", "b", "c"], False),
    "three classes, weighted": multi_class(4, 60, ["a", "b", "c"], True),
    "five classes, weighted": multi_class(5, 90, ["a", "b", "c", "d", "e"], True),
}
versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
path = pathlib.Path(__file__).with_name("metrics.json")
path.write_text(json.dumps({"madeBy": "make-metrics.py", "versions": versions, "problems": problems}) + "\n")
