"""Writes test/reference/multinomial.json: multinomial logistic fits in 40-digit arithmetic, and scikit-learn's beside them.

    pip install -r test/reference/scripts/requirements.txt
    python test/reference/scripts/multinomial.py

The objective is mean log loss + l2/2 * sum_c |w_c - mean(w)|^2 over all K weight vectors, the reference class's being 0
and the intercepts free. It is minimised over the K - 1 others by Newton's method: in float64 until that stalls, then in
mpmath until the gradient is below 1e-35. With a penalty the columns are standardised first (deviation with divisor m),
unless the case says otherwise; what is written is in raw units. scikit-learn fits the same standardised matrix with
C = 1/(m * l2); the script fails unless its fits agree with the 40-digit one.
"""

import csv
import json
from pathlib import Path

import mpmath as mp
import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

mp.mp.dps = 40
here = Path(__file__).resolve().parent
reference_folder = here.parent
examples = reference_folder.parent.parent / "examples" / "data"
files = {name: reference_folder / name for name in ("iris.csv", "wine.csv", "birthwt.csv", "infert.csv")}
files["penguins.csv"] = examples / "penguins.csv"

penguin_numbers = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
iris_numbers = ["Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"]
wine_numbers = next(csv.reader(open(files["wine.csv"])))[1:]

# (id, file, target, terms): a term is a column of numbers, or column=level, 1 where the column has that text.
unpenalised = [
    ("iris-sepal-length", "iris.csv", "Species", ["Sepal.Length"]),
    ("iris-sepal-width", "iris.csv", "Species", ["Sepal.Width"]),
    ("penguins-bill-flipper-mass", "penguins.csv", "species", ["bill_length_mm", "flipper_length_mm", "body_mass_g"]),
    ("penguins-island", "penguins.csv", "island", penguin_numbers),
    ("birthwt-race", "birthwt.csv", "race", ["age", "lwt", "smoke"]),
    ("infert-education", "infert.csv", "education", ["age", "parity", "induced", "spontaneous"]),
    ("infert-parity", "infert.csv", "parity", ["age", "induced", "spontaneous"]),
    ("wine-6", "wine.csv", "class", wine_numbers[:6]),
]
# Strengths are C of scikit-learn, l2 = 1/(m*C).
penalised = [
    ("iris", "iris.csv", "Species", iris_numbers, (1.0, 0.01)),
    ("penguins", "penguins.csv", "species", penguin_numbers, (1.0, 0.01)),
    ("penguins-all", "penguins.csv", "species", ["island=Dream", "island=Torgersen", *penguin_numbers, "sex=MALE"], (1.0, 0.01)),
    ("wine", "wine.csv", "class", wine_numbers, (1.0, 0.01)),
    ("infert-parity", "infert.csv", "parity", ["age", "induced", "spontaneous"], (1.0, 0.01)),
]


def read(file, target, terms):
    """The cells of the terms, as written in the file, and the labels; rows with a missing cell are left out."""
    columns = [term.split("=")[0] for term in terms]
    with open(files[file], newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if all(row[name] not in ("", "NA") for name in [*columns, target])]
    cell = lambda row, term: ("1" if row[term.split("=")[0]] == term.split("=")[1] else "0") if "=" in term else row[term]
    texts = [[cell(row, term) for term in terms] for row in rows]
    labels = [row[target] for row in rows]
    return texts, labels


def standardise(texts):
    """Columns to mean 0 and deviation 1 in 40 digits, with the means and deviations."""
    columns = [[mp.mpf(row[j]) for row in texts] for j in range(len(texts[0]))]
    means = [mp.fsum(column) / len(column) for column in columns]
    scales = [mp.sqrt(mp.fsum((x - mean) ** 2 for x in column) / len(column)) for column, mean in zip(columns, means)]
    rows = [[(columns[j][i] - means[j]) / scales[j] for j in range(len(columns))] for i in range(len(texts))]
    return rows, means, scales


def probabilities(theta, row):
    scores = [mp.mpf(0)] + [mp.fdot(w, row) for w in theta]
    top = max(scores)
    terms = [mp.exp(z - top) for z in scores]
    total = mp.fsum(terms)
    return [term / total for term in terms], top + mp.log(total), scores


def float64_start(X, y, K, l2):
    """Newton in float64 with step halving; X [m, n + 1] ends in ones, theta [K - 1, n + 1]."""
    m, p = X.shape
    k = K - 1
    penalty = np.kron(np.eye(k) - 1 / K, np.diag([*np.ones(p - 1), 0.0])) * l2
    hot = (y[:, None] == np.arange(1, K)).astype(float)

    def objective(theta):
        Z = np.c_[np.zeros(m), X @ theta.reshape(k, p).T]
        top = Z.max(1)
        return np.mean(top + np.log(np.exp(Z - top[:, None]).sum(1)) - Z[np.arange(m), y]) + theta @ penalty @ theta / 2

    theta = np.zeros(k * p)
    for _ in range(200):
        Z = np.c_[np.zeros(m), X @ theta.reshape(k, p).T]
        A = np.exp(Z - Z.max(1)[:, None])
        A = (A / A.sum(1)[:, None])[:, 1:]
        gradient = ((A - hot).T @ X / m).ravel() + penalty @ theta
        hessian = penalty.copy()
        for c in range(k):
            for d in range(k):
                weight = A[:, c] * ((c == d) - A[:, d])
                hessian[c * p : (c + 1) * p, d * p : (d + 1) * p] += (X.T * weight) @ X / m
        step = np.linalg.solve(hessian, gradient)
        size = 1.0
        while objective(theta - size * step) > objective(theta) + 1e-14 and size > 1e-6:
            size /= 2
        theta = theta - size * step
        if np.abs(step).max() < 1e-11:
            break
    return theta.reshape(k, p)


def newton(X, y, K, l2):
    """The optimum in 40 digits, and the information (the Hessian of the summed loss) there. X [m, n + 1] ends in ones."""
    m, p, k = len(X), len(X[0]), K - 1
    start = float64_start(np.array(X, dtype=float), np.array(y), K, float(l2))
    theta = [[mp.mpf(v) for v in row] for row in start]
    for step in range(12):
        gradient = mp.zeros(k * p, 1)
        hessian = mp.zeros(k * p, k * p)
        for row, label in zip(X, y):
            a, _, _ = probabilities(theta, row)
            for c in range(k):
                residual = a[c + 1] - (1 if label == c + 1 else 0)
                for i in range(p):
                    gradient[c * p + i] += residual * row[i]
                for d in range(c + 1):
                    weight = a[c + 1] * ((1 if c == d else 0) - a[d + 1])
                    for i in range(p):
                        wx = weight * row[i]
                        for j in range(p):
                            hessian[c * p + i, d * p + j] += wx * row[j]
        for u in range(k * p):
            for v in range(u + 1, k * p):
                if u // p != v // p:
                    hessian[u, v] = hessian[v, u]
        information = hessian.copy()
        gradient /= m
        hessian /= m
        for c in range(k):
            for i in range(p - 1):
                for d in range(k):
                    factor = l2 * ((1 if c == d else 0) - mp.mpf(1) / K)
                    gradient[c * p + i] += factor * theta[d][i]
                    hessian[c * p + i, d * p + i] += factor
        size = max(abs(g) for g in gradient)
        if size < mp.mpf(10) ** -35:
            return theta, information
        delta = mp.lu_solve(hessian, gradient)
        for c in range(k):
            for i in range(p):
                theta[c][i] -= delta[c * p + i]
    raise RuntimeError(f"not converged: gradient {mp.nstr(size, 5)}")


def raw_units(theta, means, scales):
    """[intercept, coefficients] of each vector for columns as they are in the file."""
    out = []
    for *w, b in theta:
        v = [wj / s for wj, s in zip(w, scales)]
        out.append([b - mp.fdot(v, means), *v])
    return out


def symmetric(vectors):
    """All K vectors, shifted to sum to zero: the same probabilities, scikit-learn's and glmnet's choice."""
    every = [[mp.mpf(0)] * len(vectors[0]), *vectors]
    mean = [mp.fsum(column) / len(every) for column in zip(*every)]
    return [[v - c for v, c in zip(vector, mean)] for vector in every]


def floats(vectors):
    return [[float(v) for v in vector] for vector in vectors]


def scikit_learn(X, y, K, C, truth):
    """The fit nearest to the 40-digit one, and how near each solver came, relative to the largest coefficient."""
    found = {}
    for solver, options in (("newton-cholesky", {}), ("newton-cg", {}), ("lbfgs", {"max_iter": 100_000})):
        model = LogisticRegression(C=C, solver=solver, tol=1e-12, **{"max_iter": 10_000, **options})
        model.fit(X, y)
        both = np.c_[model.coef_, model.intercept_]
        both = both - both.mean(0)
        found[solver] = both
    size = np.abs(truth).max()
    errors = {solver: float(np.abs(both - truth).max() / size) for solver, both in found.items()}
    best = min(errors, key=errors.get)
    return best, found[best], errors


def case(name, file, target, terms, C=None, standardised=True):
    texts, labels = read(file, target, terms)
    classes = sorted(set(labels))
    y = [classes.index(label) for label in labels]
    m, n, K = len(texts), len(terms), len(classes)
    l2 = mp.mpf(0) if C is None else 1 / (m * mp.mpf(C))
    rows, means, scales = standardise(texts)
    if not standardised:
        rows = [[mp.mpf(v) for v in row] for row in texts]
        means, scales = [mp.mpf(0)] * n, [mp.mpf(1)] * n
    X = [[*row, mp.mpf(1)] for row in rows]
    theta, information = newton(X, y, K, l2)
    raw = raw_units(theta, means, scales)

    loss, confusion = mp.mpf(0), [[0] * K for _ in classes]
    for row, label in zip(X, y):
        a, normaliser, scores = probabilities(theta, row)
        loss += normaliser - scores[label]
        confusion[label][max(range(K), key=lambda c: a[c])] += 1
    result = {
        "id": name,
        "file": file,
        "target": target,
        "terms": terms,
        "rows": m,
        "classes": classes,
        "reference": classes[0],
        "standardised": bool(standardised),
        "l2": float(l2),
        "logOdds": dict(zip(classes[1:], floats(raw))),
        "symmetric": dict(zip(classes, floats(symmetric(raw)))),
        "meanLogLoss": float(loss / m),
        "accuracy": sum(confusion[c][c] for c in range(K)) / m,
        "confusion": confusion,
    }
    if C is None:
        # To raw units: w/s, and b - sum(w*mean/s).
        p, k = n + 1, K - 1
        covariance = mp.inverse(information)
        errors = []
        for c in range(k):
            block = covariance[c * p : (c + 1) * p, c * p : (c + 1) * p]
            to_raw = [[1 if j == n else -means[j] / scales[j] for j in range(p)]]
            to_raw += [[1 / scales[i] if i == j else 0 for j in range(p)] for i in range(n)]
            at = mp.matrix(to_raw)
            variance = at * block * at.T
            errors.append([mp.sqrt(variance[i, i]) for i in range(p)])
        result["stdErr"] = dict(zip(classes[1:], floats(errors)))
    else:
        result["C"] = C
        truth = symmetric(theta)
        wj = np.array(floats(truth))
        best, found, differences = scikit_learn(np.array(rows, dtype=float), np.array(labels), K, C, wj)
        assert min(differences.values()) < 1e-9, (name, differences)
        result["objective"] = float(loss / m + l2 / 2 * mp.fsum(v**2 for vector in truth for v in vector[:-1]))
        result["scikitLearn"] = {
            "what": "symmetric, of the columns as fitted: [intercept, coefficients]",
            "solver": best,
            "coef": dict(zip(classes, [[float(v) for v in (row[-1], *row[:-1])] for row in found])),
            "largestDifference": differences,
        }
    print(name, m, K, mp.nstr(loss / m, 12), result["accuracy"], result.get("scikitLearn", {}).get("largestDifference", ""))
    return result


cases = [case(*given) for given in unpenalised]
for name, file, target, terms, strengths in penalised:
    for C in strengths:
        cases.append(case(f"{name}-C{C:g}", file, target, terms, C))
cases.append(case("iris-raw-C1", "iris.csv", "Species", iris_numbers, 1.0, standardised=False))

# The case of logistic-references.json that was made elsewhere, by another program.
shared = next(c for c in json.load(open(reference_folder / "logistic-references.json"))["cases"] if c["id"] == "iris-multinomial-ridge1")
own = np.array(list(cases[-1]["symmetric"].values()))
assert np.abs(np.array(shared["coef"]) - own).max() < 1e-9, np.abs(np.array(shared["coef"]) - own).max()
print("iris-multinomial-ridge1 agrees to", np.abs(np.array(shared["coef"]) - own).max())

note = (
    "Multinomial logistic regression by Newton's method in 40-digit arithmetic, rounded to float64; made by scripts/multinomial.py. "
    "logOdds are against the reference class, symmetric are the same shifted to sum to zero over the classes; both are "
    "[intercept, one for each term] in the raw units of the file. Rows with a missing cell in the terms or the target are left out. "
    "Objective: mean log loss + l2/2 * sum over all classes of |w_c - mean w|^2 on standardised columns (divisor m) where "
    "standardised is true, l2 = 1/(rows * C). stdErr is from the inverse information. confusion: true class by predicted class."
)
versions = {"mpmath": mp.__version__, "numpy": np.__version__, "scikit-learn": sklearn.__version__}
compact = lambda value: json.dumps(value, ensure_ascii=False)
lines = ["{", f'  "note": {compact(note)},', f'  "versions": {compact(versions)},', '  "cases": [']
for i, item in enumerate(cases):
    fields = ",\n      ".join(f"{compact(key)}: {compact(value)}" for key, value in item.items())
    lines.append("    {\n      " + fields + "\n    }" + ("," if i < len(cases) - 1 else ""))
lines += ["  ]", "}", ""]
(reference_folder / "multinomial.json").write_text("\n".join(lines), encoding="utf-8")
