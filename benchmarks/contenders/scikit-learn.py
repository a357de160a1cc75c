"""scikit-learn, and scikit-learn-intelex in its clothes. The matrix is row-major before the clock runs, as
LogisticRegression would make it; C = 1 / (m·l2). For K > 2 classes it has K rows of coefficients, all of which are
penalised; their differences from the first are the protocol's theta. A variant may end in the number of threads of
numpy's BLAS: `lbfgs/1`."""

import numpy as np
import sklearn
from host import serve
from threadpoolctl import threadpool_info, threadpool_limits


def open_session(variant, columns, y, problem):
    if variant in ("float32", "float64"):
        return open_loss(variant, columns, y, problem["classes"])
    x = np.ascontiguousarray(columns.T)
    variant, _, threads = variant.partition("/")
    if threads:
        threadpool_limits(int(threads), user_api="blas")  # for the rest of the process
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
        full = np.column_stack([model.coef_, model.intercept_])
        return full[0] if len(full) == 1 else (full[1:] - full[0]).ravel()

    return f"{name}, {solver}; {blas()}", None, fit


def open_loss(dtype, columns, y, classes):
    from sklearn._loss import HalfBinomialLoss, HalfMultinomialLoss
    from sklearn.linear_model._linear_loss import LinearModelLoss

    x = np.ascontiguousarray(columns.T.astype(dtype))
    labels = y.astype(dtype)
    base = HalfBinomialLoss() if classes == 2 else HalfMultinomialLoss(n_classes=classes)
    loss = LinearModelLoss(base_loss=base, fit_intercept=True)

    def binary(theta):
        return loss.loss_gradient(theta.astype(dtype), x, labels, l2_reg_strength=0.0, n_threads=2)

    def multinomial(theta):
        full = np.zeros((classes, len(columns) + 1), dtype, order="F")  # the first class has score 0
        full[1:] = theta.reshape(classes - 1, -1)
        value, gradient = loss.loss_gradient(full, x, labels, l2_reg_strength=0.0, n_threads=2)
        return value, gradient[1:].ravel()

    version = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}; {blas()}"
    return version, binary if classes == 2 else multinomial, None


def blas():
    """The kernels that numpy multiplies by, which OpenBLAS chooses by the processor."""
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    kernels = {f"{p['internal_api']} {p['version']} {p.get('architecture')}, threads {p['num_threads']}" for p in pools}
    return "; ".join(sorted(kernels))


serve(open_session)
