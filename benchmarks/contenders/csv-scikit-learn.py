"""A CSV with the label in column y to a model in raw units, printed as JSON. Arguments: the file, which
library reads it, and scikit-learn's solver; or `versions` and the library."""

import json
import sys
from importlib.metadata import version


def main(path, reader, solver):
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    if reader == "pandas":
        import pandas

        table = pandas.read_csv(path)
        x, y = table.drop(columns="y").to_numpy(), table["y"].to_numpy()
    else:
        import polars

        table = polars.read_csv(path)
        x, y = table.drop("y").to_numpy(), table["y"].to_numpy()
    scaler = StandardScaler()
    model = LogisticRegression(C=float("inf"), solver=solver, tol=1e-8, max_iter=1000).fit(scaler.fit_transform(x), y)
    raw = model.coef_[0] / scaler.scale_
    print(json.dumps({"intercept": model.intercept_[0] - raw @ scaler.mean_, "coefficients": raw.tolist()}))


if sys.argv[1] == "versions":
    print(f"{sys.argv[2]} {version(sys.argv[2])}, scikit-learn {version('scikit-learn')}")
else:
    main(*sys.argv[1:])
