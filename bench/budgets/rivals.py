"""Runs other optimizers on learning curves, on lines of JSON: reads a job, asks for losses, says when it ends. See rivals.ts."""

import json
import logging
import math
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))
from spaces import config_space, lattice, stepped, suggest_all  # noqa: E402

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


class Spent(Exception):
    """The budget of epochs is spent."""


class Trainer:
    """Trains configurations for some epochs; the other side counts them, and an epoch of a known trial costs nothing."""

    def __init__(self, epochs):
        self.epochs = epochs
        self.worst = 1.0

    def losses(self, params, epoch, trial=None):
        """Returns the losses from the first epoch to this one; None where training has diverged."""
        name = json.dumps(params, sort_keys=True) if trial is None else str(trial)
        print(json.dumps({"trial": name, "params": params, "epoch": epoch}), flush=True)
        losses = json.loads(sys.stdin.readline())
        if len(losses) < epoch:
            raise Spent
        self.worst = max([self.worst, *(loss for loss in losses if loss is not None)])
        return losses

    def loss(self, params, epoch, trial=None):
        """Returns the loss at an epoch; for optimizers without a word for divergence, the worst loss seen."""
        loss = self.losses(params, epoch, trial)[epoch - 1]
        return self.worst if loss is None else loss


def optuna_search(make_sampler, make_pruner):
    def search(job, trainer):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        study = optuna.create_study(sampler=make_sampler(optuna, job), pruner=make_pruner(optuna, job))

        while True:
            trial = study.ask()
            run_trial(optuna, study, trial, suggest_all(trial, job["params"]), trainer)

    return search


def run_trial(optuna, study, trial, params, trainer):
    for epoch in range(1, trainer.epochs + 1):
        loss = trainer.losses(params, epoch, trial.number)[-1]
        trial.report(math.nan if loss is None else loss, epoch)
        # A full training is never thrown away.
        if epoch < trainer.epochs and trial.should_prune():
            return study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    if loss is None:
        return study.tell(trial, state=optuna.trial.TrialState.FAIL)
    return study.tell(trial, loss)


def tpe(optuna, job):
    return optuna.samplers.TPESampler(seed=job["seed"], multivariate=True, group=True)


def smac(job, trainer):
    from smac import MultiFidelityFacade, Scenario
    from smac.runhistory.dataclasses import TrialValue

    space, decode = config_space(job["params"], job["seed"])
    with tempfile.TemporaryDirectory() as folder:
        scenario = Scenario(
            space,
            deterministic=True,
            n_trials=job["budget"],
            min_budget=1,
            max_budget=job["epochs"],
            seed=job["seed"],
            output_directory=folder,
        )
        facade = MultiFidelityFacade(scenario, lambda config, seed, budget: 0.0, logging_level=False, overwrite=True)
        while True:
            info = facade.ask()
            cost = trainer.loss(decode(info.config), max(1, round(info.budget)))
            facade.tell(info, TrialValue(cost=cost), save=False)


def dehb(job, trainer):
    from dehb import DEHB
    from loguru import logger

    logger.remove()
    space, decode = config_space(job["params"], job["seed"])
    with tempfile.TemporaryDirectory() as folder:
        optimizer = DEHB(
            cs=space,
            min_fidelity=1,
            max_fidelity=job["epochs"],
            n_workers=1,
            seed=job["seed"],
            output_path=folder,
            save_freq="end",
        )
        logger.remove()
        while True:
            info = optimizer.ask()
            epoch = max(1, round(info["fidelity"]))
            fitness = trainer.loss(decode(info["config"]), epoch)
            optimizer.tell(info, {"fitness": fitness, "cost": epoch})


def syne_tune_asha(job, trainer):
    import datetime

    import numpy
    from syne_tune.backend.trial_status import Trial
    from syne_tune.config_space import choice, finrange, lograndint, loguniform, randint, uniform
    from syne_tune.optimizer.baselines import ASHA
    from syne_tune.optimizer.scheduler import SchedulerDecision

    def domain(d):
        if d["kind"] == "categorical":
            return choice(d["choices"])
        if stepped(d):
            values = lattice(d)
            return finrange(values[0], values[-1], len(values), cast_int=d["kind"] == "int")
        if d["kind"] == "int":
            return (lograndint if d["log"] else randint)(d["low"], d["high"])
        return (loguniform if d["log"] else uniform)(d["low"], d["high"])

    numpy.random.seed(job["seed"])
    space = {spec["name"]: domain(spec["distribution"]) for spec in job["params"]}
    scheduler = ASHA(space, metric="loss", time_attr="epoch", max_t=job["epochs"], random_seed=job["seed"])
    number = 0
    while True:
        trial = Trial(number, scheduler.suggest().config, datetime.datetime.now())
        number += 1
        scheduler.on_trial_add(trial)
        for epoch in range(1, job["epochs"] + 1):
            result = {"loss": trainer.loss(trial.config, epoch, trial.trial_id), "epoch": epoch}
            # Its own answer at the last epoch is to stop.
            if scheduler.on_trial_result(trial, result) == SchedulerDecision.STOP:
                break
        if epoch == job["epochs"]:
            scheduler.on_trial_complete(trial, result)
        else:
            scheduler.on_trial_remove(trial)


RIVALS = {
    "optuna-tpe-median": optuna_search(tpe, lambda optuna, job: optuna.pruners.MedianPruner()),
    "optuna-tpe-hyperband": optuna_search(
        tpe, lambda optuna, job: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=job["epochs"])
    ),
    "optuna-random-halving": optuna_search(
        lambda optuna, job: optuna.samplers.RandomSampler(seed=job["seed"]),
        lambda optuna, job: optuna.pruners.SuccessiveHalvingPruner(min_resource=1),
    ),
    "smac-hyperband": smac,
    "dehb": dehb,
    "syne-tune-asha": syne_tune_asha,
}


def versions():
    from importlib.metadata import version

    return {name: version(name) for name in ("optuna", "smac", "dehb", "syne-tune")}


print(json.dumps(versions()), flush=True)
for line in sys.stdin:
    job = json.loads(line)
    try:
        RIVALS[job["rival"]](job, Trainer(job["epochs"]))
    except Spent:
        pass
    print(json.dumps("end"), flush=True)
