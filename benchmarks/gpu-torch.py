"""Loss and gradient of logistic regression in PyTorch on a GPU, float32, eager: by hand (two products) and by autograd.

    python gpu-torch.py ROWS FEATURES

Each evaluation ends with its numbers in the host's memory, as those of benchmarks/gpu.sh beside it do. X is as PyTorch users
have it, one row after another, and the same problem in size: times do not depend on the numbers.
"""
import json
import statistics
import sys
import time

import torch

rows, features = int(sys.argv[1]), int(sys.argv[2])
if not torch.cuda.is_available():
    sys.exit("PyTorch finds no CUDA device")
device = torch.device("cuda")
torch.manual_seed(1)
x = torch.randn(rows, features, device=device)
theta = torch.randn(features, device=device) / features**0.5
y = (torch.rand(rows, device=device) < torch.sigmoid(x @ theta)).float()
w = 0.9 * theta


def by_hand(bias):
    z = x @ w + bias
    dz = torch.sigmoid(z) - y
    loss = (torch.nn.functional.softplus(z) - y * z).mean()
    return torch.cat([loss.view(1), x.T @ dz / rows, dz.mean().view(1)]).cpu()


def by_autograd(bias):
    weights = w.detach().requires_grad_()
    b = torch.tensor(bias, device=device, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights + b, y)
    loss.backward()
    return torch.cat([loss.detach().view(1), weights.grad, b.grad.view(1)]).cpu()


def timed(evaluate):
    start = time.perf_counter()
    evaluate(0.1)
    first = time.perf_counter() - start
    samples = []
    for _ in range(15):
        start = time.perf_counter()
        evaluate(0.1)
        samples.append(1000 * (time.perf_counter() - start))
    median = statistics.median(samples)
    return {
        "firstMs": 1000 * first,
        "medianMs": median,
        "spreadMs": max(samples) - min(samples),
        "gigabytesPerSecond": 4e-9 * rows * features / (median / 1000),
    }


difference = float((by_hand(0.1) - by_autograd(0.1)).abs().max())
print(json.dumps({
    "device": torch.cuda.get_device_name(),
    "torch": torch.__version__,
    "problem": {"rows": rows, "features": features},
    "difference": difference,
    "results": {"by hand": timed(by_hand), "autograd": timed(by_autograd)},
}, indent=2))
