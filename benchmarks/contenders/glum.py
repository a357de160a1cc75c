"""glum: half the mean deviance is the mean log loss, so alpha is l2. The matrix is column-major, as its
dense kernels like it; without the data checks it would do."""

import sys

sys.path.pop(0)  # this file's own folder, where it would find itself under the name of the package

import glum  # noqa: E402
import numpy as np  # noqa: E402
from host import serve  # noqa: E402


def open_session(solver, columns, y, problem):
    if problem["classes"] > 2:
        raise ValueError("glum has no multinomial family")
    x = columns.T  # column-major as it lies

    def fit(tolerance):
        model = glum.GeneralizedLinearRegressor(
            family="binomial", alpha=problem["l2"], l1_ratio=0, solver=solver, gradient_tol=tolerance, max_iter=1000
        ).fit(x, y)
        return np.append(model.coef_, model.intercept_)

    return f"glum {glum.__version__}", None, fit


serve(open_session)
