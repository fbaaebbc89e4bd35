"""Runs the same trials by Ray Tune: python tune.py TRIALS."""

import sys
import time

import ray
from ray import tune


def train(config):
    time.sleep(0.1)
    tune.report({"loss": 1.0})


ray.init(address="auto", log_to_driver=False)
tuner = tune.Tuner(
    tune.with_resources(train, {"cpu": 1}),
    param_space={"x": tune.grid_search(list(range(int(sys.argv[1]))))},
    tune_config=tune.TuneConfig(metric="loss", mode="min"),
    run_config=tune.RunConfig(verbose=0),
)
results = tuner.fit()
assert len(results) == int(sys.argv[1]) and not results.errors, results
