"""Times Rustuna's own trials: arguments are the numbers of trials and of floats, prints JSON. See rustuna.ts."""

import json
import sys
import time
from importlib.metadata import version

import rustuna

trials, floats = int(sys.argv[1]), int(sys.argv[2])
names = [f"x{k}" for k in range(floats)]
study = rustuna.create_study(sampler=rustuna.samplers.TPESampler(seed=1))
start = time.perf_counter()
study.optimize(lambda trial: sum(trial.suggest_float(name, -5, 5) ** 2 for name in names), n_trials=trials)
print(json.dumps({"version": version("rustuna"), "seconds": time.perf_counter() - start}))
