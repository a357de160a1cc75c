"""LIBLINEAR by ctypes: the structures of linear.h 2.30. Rows are laid out as its sparse nodes before the
clock runs. A problem without a penalty gets one too small to matter: C must be finite."""

import ctypes
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_int, c_void_p

import numpy as np
from host import serve

BIAS = 1000.0
NO_PENALTY = 1e-11


class Problem(Structure):
    _fields_ = [("l", c_int), ("n", c_int), ("y", c_void_p), ("x", c_void_p), ("bias", c_double)]


class Parameter(Structure):
    _fields_ = [
        ("solver_type", c_int), ("eps", c_double), ("C", c_double), ("nr_weight", c_int),
        ("weight_label", c_void_p), ("weight", c_void_p), ("p", c_double), ("init_sol", c_void_p),
    ]  # fmt: skip


class Model(Structure):
    _fields_ = [
        ("param", Parameter), ("nr_class", c_int), ("nr_feature", c_int),
        ("w", POINTER(c_double)), ("label", POINTER(c_int)), ("bias", c_double),
    ]  # fmt: skip


def open_session(_variant, columns, y, problem):
    if problem["classes"] > 2:
        raise ValueError("LIBLINEAR fits each class against the rest, not a softmax")
    library = ctypes.CDLL("liblinear.so.4")
    version = c_int.in_dll(library, "liblinear_version").value
    if version != 230:
        raise RuntimeError(f"liblinear {version} has other structures than 230")
    library.train.restype = POINTER(Model)
    library.check_parameter.restype = c_char_p
    quiet = ctypes.CFUNCTYPE(None, c_char_p)(lambda _: None)
    library.set_print_string_function(quiet)

    n, m = columns.shape
    nodes = np.empty((m, n + 2), np.dtype([("index", "<i4"), ("value", "<f8")], align=True))
    nodes["index"] = [*range(1, n + 2), -1]
    nodes["value"][:, :n] = columns.T
    nodes["value"][:, n:] = BIAS
    rows = nodes.ctypes.data + nodes.strides[0] * np.arange(m, dtype=np.uintp)
    task = Problem(m, n + 1, y.ctypes.data, rows.ctypes.data, BIAS)
    cost = 1 / (m * (problem["l2"] or NO_PENALTY))

    def fit(eps):
        _ = nodes, rows, quiet  # kept for as long as the library points at them
        parameter = Parameter(solver_type=0, eps=eps, C=cost, p=0.1)
        complaint = library.check_parameter(byref(task), byref(parameter))
        if complaint:
            raise ValueError(complaint.decode())
        model = library.train(byref(task), byref(parameter))
        sign = 1 if model.contents.label[0] == 1 else -1
        w = sign * np.ctypeslib.as_array(model.contents.w, (n + 1,))
        theta = np.append(w[:n], w[n] * BIAS)
        library.free_and_destroy_model(byref(model))
        return theta

    return f"LIBLINEAR {version / 100:.2f}", None, fit


serve(open_session)
