"""scikit-learn, and scikit-learn-intelex in its clothes. The matrix is row-major before the clock runs, as
LogisticRegression would make it; C = 1 / (m·l2)."""

import numpy as np
import sklearn
from host import serve


def open_session(variant, columns, y, problem):
    if variant in ("float32", "float64"):
        return open_loss(variant, columns, y)
    x = np.ascontiguousarray(columns.T)
    if variant == "intelex":
        from importlib.metadata import version

        from sklearnex.linear_model import LogisticRegression

        name, solver = f"scikit-learn-intelex {version('scikit-learn-intelex')}", "lbfgs"
    else:
        from sklearn.linear_model import LogisticRegression

        name, solver = f"scikit-learn {sklearn.__version__}", variant
    strength = 1 / (problem["rows"] * problem["l2"]) if problem["l2"] > 0 else np.inf

    def fit(tolerance):
        model = LogisticRegression(C=strength, solver=solver, tol=tolerance, max_iter=10_000).fit(x, y)
        if variant == "intelex" and not hasattr(model, "_onedal_estimator"):
            raise RuntimeError("scikit-learn-intelex has no kernel for this: it would run scikit-learn's own lbfgs")
        return np.append(model.coef_[0], model.intercept_[0])

    return f"{name}, {solver}", None, fit


def open_loss(dtype, columns, y):
    from sklearn._loss import HalfBinomialLoss
    from sklearn.linear_model._linear_loss import LinearModelLoss

    x = np.ascontiguousarray(columns.T.astype(dtype))
    labels = y.astype(dtype)
    loss = LinearModelLoss(base_loss=HalfBinomialLoss(), fit_intercept=True)

    def evaluate(theta):
        return loss.loss_gradient(theta.astype(dtype), x, labels, l2_reg_strength=0.0, n_threads=2)

    return f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", evaluate, None


serve(open_session)
