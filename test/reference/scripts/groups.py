"""Folds of whole groups by scikit-learn's StratifiedGroupKFold -> ../groups.json

Groups whose counts differ in their deviation, so that no order of equal ones decides.
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.model_selection import StratifiedGroupKFold

random = np.random.default_rng(5)
cases = []
for groups, classes, folds in [(9, 2, 3), (24, 2, 5), (20, 3, 4), (9, 2, 9)]:
    while True:
        counts = random.integers(0, 90, size=(groups, classes)) * random.integers(0, 2, size=(groups, classes))
        counts[counts.sum(1) == 0] = random.integers(1, 90, size=classes)
        if len(np.unique(counts.std(1).round(9))) == groups:
            break
    group = np.repeat(np.arange(groups), counts.sum(1))
    label = np.concatenate([np.repeat(np.arange(classes), of) for of in counts])
    fold = np.empty(groups, int)
    for f, (_, held) in enumerate(StratifiedGroupKFold(folds).split(label, label, group)):
        fold[np.unique(group[held])] = f
    cases.append({"folds": folds, "counts": counts.tolist(), "fold": fold.tolist()})
out = {"made by": "scripts/groups.py", "scikit-learn": sklearn.__version__, "cases": cases}
Path(__file__).parent.parent.joinpath("groups.json").write_text(json.dumps(out) + "\n")
