"""Searches with samplers in one Optuna, on lines of JSON: reads a job, writes parameters, reads a loss for each, says what it took. See searches.ts."""

import json
import logging
import os
import resource
import sys
import time
import warnings
from pathlib import Path

import optuna

HERE = Path(__file__).parent
sys.path += [str(HERE.parent), str(HERE.parents[1] / "python")]
from hpo_sampler import HpoSampler  # noqa: E402
from spaces import suggest_all  # noqa: E402

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

# Libraries that print must not reach the other side.
channel = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

SAMPLERS = {
    "hpo": lambda seed: HpoSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
}


def say(what):
    print(json.dumps(what), file=channel, flush=True)


def cpu_seconds():
    """Of this process and of those that it has started and that have ended."""
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def search(job):
    """Returns the seconds of a search, from the sampler's creation to its end, without those of the objective."""
    cpu, begun, waited = cpu_seconds(), time.perf_counter(), 0.0
    sampler = SAMPLERS[job["sampler"]](job["seed"])
    study = optuna.create_study(sampler=sampler)
    for _ in range(job["trials"]):
        trial = study.ask()
        params = suggest_all(trial, job["params"])
        asked = time.perf_counter()
        say({"params": params})
        loss = json.loads(sys.stdin.readline())
        waited += time.perf_counter() - asked
        if loss is None:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(trial, loss)
    if isinstance(sampler, HpoSampler):
        sampler.close()
    return {"wallSeconds": time.perf_counter() - begun - waited, "cpuSeconds": cpu_seconds() - cpu}


# What is loaded with the first proposal (SciPy, PyTorch) is not part of a search.
for make in (SAMPLERS["gp"], SAMPLERS["tpe"]):
    warm = optuna.create_study(sampler=make(0))
    warm.optimize(lambda trial: trial.suggest_float("x", 0, 1) ** 2, n_trials=12)

say(optuna.__version__)
for line in sys.stdin:
    say(search(json.loads(line)))
