"""Times steps of the same SimpleCNN in PyTorch on one thread; prints one JSON document. Arguments: filters1 filters2 dense batch seconds."""

import json
import sys
import time

import torch
from torch import nn

first, second, dense, batch = map(int, sys.argv[1:5])
seconds = float(sys.argv[5])
torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(first, second, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(49 * second, dense), nn.ReLU(), nn.Linear(dense, 10),
)  # fmt: skip
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
images = torch.randn(8, batch, 1, 28, 28)
labels = torch.randint(0, 10, (8, batch))


def step(k):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(images[k % 8]), labels[k % 8]).backward()
    optimizer.step()


warm, k, steps = time.perf_counter() + seconds / 4, 0, []
while time.perf_counter() < warm or k < 3:
    step(k)
    k += 1
end = time.perf_counter() + seconds
while time.perf_counter() < end or len(steps) < 5:
    start = time.perf_counter()
    step(k)
    k += 1
    steps.append(1000 * (time.perf_counter() - start))


def blas():
    """Returns the library for matrix products: a distribution's PyTorch uses the system's, which may be a slow one."""
    with open("/proc/self/maps") as maps:
        names = {line.rsplit("/", 1)[-1].split(".so")[0] for line in maps if "blas" in line.rsplit("/", 1)[-1]}
    # OpenBLAS comes with a stub of the reference library that calls it.
    return next((name for name in names if "openblas" in name), None) or " ".join(sorted(names)) or "its own BLAS"


GROUPS = {
    "mkldnn_convolution": "convolutions, forward",
    "convolution_backward": "convolutions, backward",
    "max_pool2d": "max-pooling",
    "addmm": "dense layers",
    "mm": "dense layers",
}
with torch.autograd.profiler.profile() as profile:
    for _ in range(5):
        step(k)
groups = {}
for event in profile.key_averages():
    name = event.key.removeprefix("aten::")
    group = next((group for start, group in GROUPS.items() if name.startswith(start)), "all else")
    groups[group] = groups.get(group, 0) + event.self_cpu_time_total / 5000
print(json.dumps({"version": torch.__version__, "blas": blas(), "stepsMs": steps, "groupsMs": groups}))
