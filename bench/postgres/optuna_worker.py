"""One worker of Optuna: waits for a line on stdin, asks and tells, and prints what it measured as JSON. See workers.ts.

Arguments: the storage, the study, trials, trials before it waits (in a study of its own)."""

import json
import sys
import time
import uuid
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage, name, trials, before = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])


def work(study, count):
    asks, tells, numbers = [], [], []
    for _ in range(count):
        start = time.perf_counter()
        trial = study.ask()
        x = [trial.suggest_float(f"x{k}", -5, 5) for k in range(10)]
        asked = time.perf_counter()
        study.tell(trial, sum(x))
        asks.append((asked - start) * 1000)
        tells.append((time.perf_counter() - asked) * 1000)
        numbers.append(trial.number)
    return {"asksMs": asks, "tellsMs": tells, "numbers": numbers, "version": optuna.__version__}


def opened(study_name):
    sampler = optuna.samplers.RandomSampler()
    return optuna.create_study(storage=storage, study_name=study_name, sampler=sampler, load_if_exists=True)


work(opened(f"{name} before {uuid.uuid4()}"), before)
study = opened(name)
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(work(study, trials)))
