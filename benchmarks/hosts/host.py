"""A contender's own Python process: the protocol of src/bench/serve.ts, for scripts that call serve(open_session).

open_session(variant, columns, y, problem) gives (version, evaluate or None, fit or None); columns is a
float64 array [n, m], y the class of each row as a float64, 0 to K - 1. Opening it lays the rows out as the contender wants them, outside the clock.
Arguments: the variant, and the placed problem as JSON.
"""

import json
import sys
import time

import numpy as np


def serve(open_session):
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a library prints is not an answer

    def say(**answer):
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        variant, placed = sys.argv[1], json.loads(sys.argv[2])
        problem = placed["problem"]
        columns = np.fromfile(placed["matrix"], "<f8").reshape(problem["features"], problem["rows"])
        y = np.fromfile(placed["labels"], "<f8")
        opening = time.perf_counter()
        version, evaluate, fit = open_session(variant, columns, y, problem)
        say(version=version, seconds=time.perf_counter() - opening)
    except Exception as error:
        say(failed=f"{type(error).__name__}: {error}")
        return
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "evaluate" in question:
                theta = np.array(question["evaluate"])
                start = time.perf_counter()
                loss, gradient = evaluate(theta)
                say(seconds=time.perf_counter() - start, loss=float(loss), gradient=np.asarray(gradient, "f8").tolist())
            else:
                start = time.perf_counter()
                theta = fit(question["fit"])
                say(seconds=time.perf_counter() - start, theta=np.asarray(theta, "f8").tolist())
        except Exception as error:
            say(failed=f"{type(error).__name__}: {error}")
