"""Times Optuna's own asks and tells: reads one job of JSON from the first argument, prints JSON. See optuna.ts."""

import json
import sys
import time
import warnings

import optuna
from optuna.distributions import FloatDistribution

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

job = json.loads(sys.argv[1])
space = {f"x{k}": FloatDistribution(-5, 5) for k in range(job["floats"])}
if job["sampler"] == "tpe":
    sampler = optuna.samplers.TPESampler(seed=1, multivariate=True, constant_liar=True)
else:
    sampler = optuna.samplers.RandomSampler(seed=1)


def new_study():
    return optuna.create_study(sampler=sampler, storage=job.get("storage"))


def ask_and_tell(study, trials):
    for _ in range(trials):
        trial = study.ask()
        study.tell(trial, sum(trial.suggest_float(name, -5, 5) ** 2 for name in space))


def seconds_an_ask(history, count=4):
    """Returns the mean of a few asks and tells after a history of finished trials."""
    study = new_study()
    rng = optuna.samplers.RandomSampler(seed=2)._rng.rng
    trials = []
    for _ in range(history):
        params = {name: float(rng.uniform(-5, 5)) for name in space}
        value = sum(x * x for x in params.values())
        trials.append(optuna.trial.create_trial(params=params, distributions=space, value=value))
    study.add_trials(trials)
    start = time.perf_counter()
    ask_and_tell(study, count)
    return (time.perf_counter() - start) / count


if "histories" in job:
    print(json.dumps({"version": optuna.__version__, "seconds_an_ask": [seconds_an_ask(n) for n in job["histories"]]}))
else:
    study = new_study()
    start = time.perf_counter()
    ask_and_tell(study, job["trials"])
    print(json.dumps({"version": optuna.__version__, "seconds": time.perf_counter() - start}))
