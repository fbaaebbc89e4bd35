"""Runs Optuna's samplers for several objectives, on lines of JSON: reads a job and losses, writes parameters. See rivals.ts."""

import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "optuna-gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "optuna-nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "optuna-tpe": lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True),
}


def active(spec, params):
    for name, wanted in (spec.get("when") or {}).items():
        if params.get(name) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def suggest(trial, spec):
    d = spec["distribution"]
    if d["kind"] == "categorical":
        return trial.suggest_categorical(spec["name"], d["choices"])
    ask = trial.suggest_float if d["kind"] == "float" else trial.suggest_int
    return ask(spec["name"], d["low"], d["high"], **({"log": True} if d["log"] else {"step": d["step"]}))


def send(what):
    print(json.dumps(what), flush=True)


send(optuna.__version__)
for line in sys.stdin:
    job = json.loads(line)
    study = optuna.create_study(sampler=SAMPLERS[job["sampler"]](job["seed"]), directions=["minimize"] * job["objectives"])
    for _ in range(job["trials"]):
        trial = study.ask()
        params = {}
        for spec in job["params"]:
            if active(spec, params):
                params[spec["name"]] = suggest(trial, spec)
        send(params)
        study.tell(trial, json.loads(sys.stdin.readline()))
