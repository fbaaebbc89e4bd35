"""Runs Optuna's samplers for several objectives, on lines of JSON: reads a job and losses, writes parameters. See rivals.ts."""

import json
import sys
import warnings
from pathlib import Path

import optuna

sys.path.append(str(Path(__file__).parent.parent))
from spaces import suggest_all  # noqa: E402

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "optuna-gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "optuna-nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "optuna-tpe": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True),
}


def send(what):
    print(json.dumps(what), flush=True)


send(optuna.__version__)
for line in sys.stdin:
    job = json.loads(line)
    study = optuna.create_study(sampler=SAMPLERS[job["sampler"]](job["seed"]), directions=["minimize"] * job["objectives"])
    for _ in range(job["trials"]):
        trial = study.ask()
        send(suggest_all(trial, job["params"]))
        study.tell(trial, json.loads(sys.stdin.readline()))
