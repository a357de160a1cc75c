"""
Average marginal effects by statsmodels: margins.json. Logit and MNLogit, get_margeff(at='overall', dummy=True), with the delta method;
beside them the contrasts of a category by statsmodels' own predictions. Run in this folder: python margins.py > ../margins.json
"""
import csv
import json

import numpy as np
import statsmodels
import statsmodels.api as sm


def table(name):
    with open(f"../{name}.csv") as file:
        return list(csv.DictReader(file))


def columns(rows, *names):
    return np.array([[float(row[name]) for name in names] for row in rows])


def plain(a):
    return np.asarray(a).tolist()


def fit(model):
    return model.fit(method="newton", tol=1e-14, maxiter=100, disp=0)


def binary(y, x):
    margins = fit(sm.Logit(y, sm.add_constant(x))).get_margeff(at="overall", dummy=True)
    return {"estimate": plain(margins.margeff), "standardError": plain(margins.margeff_se)}


def contrast(y, x, ones):
    """The mean change of P from a reference (all columns of `ones` 0) to each of their levels, and its error."""
    X = sm.add_constant(x)
    result = fit(sm.Logit(y, X))
    out = {"estimate": [], "standardError": []}
    for level in ones:
        low, high = X.copy(), X.copy()
        low[:, [1 + j for j in ones]] = 0
        high[:, [1 + j for j in ones]] = 0
        high[:, 1 + level] = 1
        p0, p1 = result.predict(low), result.predict(high)
        g = (p1 * (1 - p1)) @ high / len(X) - (p0 * (1 - p0)) @ low / len(X)
        out["estimate"].append(float(np.mean(p1 - p0)))
        out["standardError"].append(float(np.sqrt(g @ result.cov_params() @ g)))
    return out


spector = sm.datasets.spector.load_pandas().data
birthwt = table("birthwt")
low = columns(birthwt, "low")[:, 0]
x = np.column_stack([columns(birthwt, "age", "lwt"), [[float(r["race"] == "2"), float(r["race"] == "3")] for r in birthwt]])
infert = table("infert")
level = np.array([["0-5yrs", "6-11yrs", "12+ yrs"].index(row["education"]) for row in infert])
multinomial = fit(sm.MNLogit(level, sm.add_constant(columns(infert, "age", "parity")))).get_margeff(at="overall")
print(
    json.dumps(
        {
            "made by": "scripts/margins.py",
            "statsmodels": statsmodels.__version__,
            "spector": {
                "rows": plain(spector[["GPA", "TUCE", "PSI", "GRADE"]].values),
                **binary(spector["GRADE"].values, spector[["GPA", "TUCE", "PSI"]].values),
            },
            "birthwt": {"numbers": binary(low, x), "race": contrast(low, x, [2, 3])},
            "education": {"estimate": plain(multinomial.margeff), "standardError": plain(multinomial.margeff_se)},
        },
        indent=1,
    )
)
