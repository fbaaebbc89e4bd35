"""An Optuna worker on a study that hpo may work on at the same time.

python3 worker.py [storage/hpo.db] [STUDY] [TRIALS]
"""

import sys

import optuna

from train import loss

file = sys.argv[1] if len(sys.argv) > 1 else "storage/hpo.db"
name = sys.argv[2] if len(sys.argv) > 2 else "handover"
count = int(sys.argv[3]) if len(sys.argv) > 3 else 10
study = optuna.load_study(study_name=name, storage=f"sqlite:///{file}")
for _ in range(count):
    trial = study.ask()
    lr = trial.suggest_float("lr", 1e-5, 1.0, log=True)
    layers = trial.suggest_int("layers", 1, 8)
    opt = trial.suggest_categorical("opt", ["sgd", "adam"])
    study.tell(trial, loss(lr, layers, opt))
print(f"{count} trials finished, the best of all {len(study.trials)} is {study.best_value:.4f}")
