"""Runs other optimizers on lines of JSON: reads a job, writes parameters, reads a loss for each, says when it ends. See rivals.ts."""

import json
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))
import faster_pymoo  # noqa: E402
from spaces import config_space, lattice, stepped, suggest_all, wanted_values  # noqa: E402

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

# Libraries that print must not reach the other side.
channel = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(what):
    print(json.dumps(what), file=channel, flush=True)


def loss_of(params):
    """Returns the loss of parameters; None where the trial failed."""
    say({"params": params})
    return json.loads(sys.stdin.readline())


class WorstSoFar:
    """Stands for the loss of a failed trial where an optimizer needs a number."""

    def __init__(self):
        self.worst = 1.0

    def of(self, loss):
        self.worst = self.worst if loss is None else max(self.worst, loss)
        return self.worst if loss is None else loss


def optuna_search(make_sampler):
    def search(job):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.CRITICAL)
        study = optuna.create_study(sampler=make_sampler(optuna, job["seed"]))
        for _ in range(job["trials"]):
            trial = study.ask()
            loss = loss_of(suggest_all(trial, job["params"]))
            if loss is None:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                study.tell(trial, loss)

    return search


def auto_sampler(optuna, seed):
    """Returns the sampler of OptunaHub, which is downloaded, or is in a copy of its registry."""
    import optunahub

    registry = os.environ.get("HPO_OPTUNAHUB")
    name = "samplers/auto_sampler"
    load = optunahub.load_module if registry is None else optunahub.load_local_module
    module = load(name) if registry is None else load(name, registry_root=registry)
    return module.AutoSampler(seed=seed)


def rustuna(job):
    import rustuna

    study = rustuna.create_study(sampler=rustuna.samplers.TPESampler(seed=job["seed"]))
    for _ in range(job["trials"]):
        trial = study.ask()
        loss = loss_of(suggest_all(trial, job["params"]))
        if loss is None:
            study.tell(trial.number, state=rustuna.trial.TrialState.FAIL)
        else:
            study.tell(trial.number, loss)


def smac(job):
    from smac import HyperparameterOptimizationFacade, Scenario
    from smac.runhistory import StatusType
    from smac.runhistory.dataclasses import TrialValue

    space, decode = config_space(job["params"], job["seed"])
    seen = WorstSoFar()
    with tempfile.TemporaryDirectory() as folder:
        # One evaluation of each configuration, as the others do.
        scenario = Scenario(
            space, deterministic=True, n_trials=job["trials"], seed=job["seed"], output_directory=Path(folder)
        )
        facade = HyperparameterOptimizationFacade(
            scenario, lambda config, seed: 0.0, logging_level=False, overwrite=True
        )
        for _ in range(job["trials"]):
            info = facade.ask()
            loss = loss_of(decode(info.config))
            # Its own cost of a crash is infinite, which its models do not take.
            status = StatusType.CRASHED if loss is None else StatusType.SUCCESS
            facade.tell(info, TrialValue(cost=seen.of(loss), status=status), save=False)


def ax_parameters(specs):
    """
    Returns the parameters for Ax, and a function from its values to those of the job. Its conditions make a tree, so a
    parameter that several choices activate is one for each of them.
    """
    from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

    copies = {
        spec["name"]: [
            (parent, value) for parent, wanted in (spec.get("when") or {}).items() for value in wanted_values(wanted)
        ]
        for spec in specs
    }
    below = {}
    for name, activating in copies.items():
        for parent, value in activating:
            below.setdefault(parent, {}).setdefault(value, []).append(f"{name}-{value}")
    found, decoders = [], {}
    for spec in specs:
        name, d = spec["name"], spec["distribution"]
        for own in [f"{name}-{value}" for _, value in copies[name]] or [name]:
            if d["kind"] == "categorical":
                children = {value: below[name].get(value, []) for value in d["choices"]} if name in below else None
                parameter = ChoiceParameterConfig(
                    name=own,
                    values=d["choices"],
                    parameter_type="str",
                    is_ordered=False,
                    dependent_parameters=children,
                )
                decoders[own] = (name, str)
            elif stepped(d):
                values = lattice(d)
                parameter = RangeParameterConfig(name=own, bounds=(0, len(values) - 1), parameter_type="int")
                decoders[own] = (name, lambda v, values=values: values[int(v)])
            else:
                parameter = RangeParameterConfig(
                    name=own,
                    bounds=(d["low"], d["high"]),
                    parameter_type=d["kind"],
                    scaling="log" if d["log"] else "linear",
                )
                decoders[own] = (name, int if d["kind"] == "int" else float)
            found.append(parameter)

    def decode(given):
        return {decoders[own][0]: decoders[own][1](value) for own, value in given.items()}

    return found, decode


def ax(job):
    import torch
    from ax.api.client import Client

    torch.set_num_threads(1)
    parameters, decode = ax_parameters(job["params"])
    client = Client(random_seed=job["seed"])
    client.configure_experiment(parameters=parameters)
    client.configure_optimization(objective="-loss")
    for _ in range(job["trials"]):
        for index, given in client.get_next_trials(max_trials=1).items():
            loss = loss_of(decode(given))
            if loss is None:
                client.mark_trial_failed(index)
            else:
                client.complete_trial(index, raw_data={"loss": loss})


def hebo_spec(spec):
    """Returns a parameter for HEBO and a function from its values to those of the job."""
    name, d = spec["name"], spec["distribution"]
    if d["kind"] == "categorical":
        return {"name": name, "type": "cat", "categories": d["choices"]}, str
    if stepped(d):
        values = lattice(d)
        return {"name": name, "type": "int", "lb": 0, "ub": len(values) - 1}, lambda v: values[int(v)]
    kinds = {"float": ("num", "pow", float), "int": ("int", "pow_int", int)}
    linear, log, decode = kinds[d["kind"]]
    return {"name": name, "type": log if d["log"] else linear, "lb": d["low"], "ub": d["high"]}, decode


def hebo(job):
    import numpy
    import torch
    from hebo.design_space.design_space import DesignSpace
    from hebo.optimizers.hebo import HEBO

    faster_pymoo.use()
    torch.set_num_threads(1)
    numpy.random.seed(job["seed"])
    torch.manual_seed(job["seed"])
    pairs = {spec["name"]: hebo_spec(spec) for spec in job["params"]}
    # It has no conditions: a value of an inactive parameter has no effect.
    optimizer = HEBO(DesignSpace().parse([own for own, _ in pairs.values()]), scramble_seed=job["seed"])
    seen = WorstSoFar()
    for _ in range(job["trials"]):
        suggested = optimizer.suggest(n_suggestions=1)
        loss = loss_of({name: decode(suggested.iloc[0][name]) for name, (_, decode) in pairs.items()})
        # It has no word for a failure.
        optimizer.observe(suggested, numpy.array([[seen.of(loss)]]))


RIVALS = {
    "optuna-tpe": optuna_search(
        # `group`: parameters of a branch are modeled together, as in this project's sampler.
        lambda optuna, seed: optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True, group=True)
    ),
    "optuna-gp": optuna_search(lambda optuna, seed: optuna.samplers.GPSampler(seed=seed)),
    "optuna-auto": optuna_search(auto_sampler),
    "rustuna-tpe": rustuna,
    "smac": smac,
    "ax": ax,
    "hebo": hebo,
}


def versions():
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("optuna", "optunahub", "rustuna", "smac", "ax-platform", "HEBO"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            pass
    return found


say(versions())
for line in sys.stdin:
    job = json.loads(line)
    start = time.process_time()
    try:
        RIVALS[job["rival"]](job)
        say({"cpuSeconds": time.process_time() - start})
    except Exception as error:
        # The search ends where a user's program would.
        say({"error": f"{type(error).__name__}: {error}"[:200], "cpuSeconds": time.process_time() - start})
