"""Creates a study with Optuna (pip install optuna) that hpo can continue.

python3 make.py [storage/hpo.db]
"""

import os
import sys

import optuna

from train import loss

file = sys.argv[1] if len(sys.argv) > 1 else "storage/hpo.db"
os.makedirs(os.path.dirname(file) or ".", exist_ok=True)
study = optuna.create_study(
    study_name="handover", storage=f"sqlite:///{file}", sampler=optuna.samplers.TPESampler(seed=1)
)


def objective(trial):
    return loss(
        trial.suggest_float("lr", 1e-5, 1.0, log=True),
        trial.suggest_int("layers", 1, 8),
        trial.suggest_categorical("opt", ["sgd", "adam"]),
    )


study.optimize(objective, n_trials=20)
print(f"study {study.study_name}: {len(study.trials)} trials, best {study.best_value:.4f}")
