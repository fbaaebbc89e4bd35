"""Runs Optuna's TPE on lines of JSON: reads {"seed", "names"} and values, writes parameters. See optuna.ts."""

import json
import sys
import warnings

import optuna

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def distribution(d):
    if d["kind"] == "categorical":
        return optuna.distributions.CategoricalDistribution(d["choices"])
    kind = optuna.distributions.FloatDistribution if d["kind"] == "float" else optuna.distributions.IntDistribution
    return kind(d["low"], d["high"], log=d["log"], step=d["step"])


def active(spec, params):
    for name, wanted in (spec.get("when") or {}).items():
        if params.get(name) not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def suggest(trial, spec):
    d = distribution(spec["distribution"])
    if spec["distribution"]["kind"] == "categorical":
        return trial.suggest_categorical(spec["name"], d.choices)
    suggester = trial.suggest_float if spec["distribution"]["kind"] == "float" else trial.suggest_int
    more = {"log": d.log} if d.log or d.step is None else {"step": d.step}
    return suggester(spec["name"], d.low, d.high, **more)


print(json.dumps(optuna.__version__), flush=True)
for line in sys.stdin:
    job = json.loads(line)
    # `group` as in this project's sampler: parameters of a branch are modeled together.
    sampler = optuna.samplers.TPESampler(seed=job["seed"], multivariate=True, constant_liar=True, group=True)
    study = optuna.create_study(sampler=sampler)
    for _ in range(job["trials"]):
        trial = study.ask()
        params = {}
        for spec in job["params"]:
            if active(spec, params):
                params[spec["name"]] = suggest(trial, spec)
        print(json.dumps(params), flush=True)
        study.tell(trial, json.loads(sys.stdin.readline()))
