"""Opens a database of hpo with Optuna (pip install optuna) and prints the best trial.

python3 examples/optuna/read.py [storage/hpo.db] [STUDY]
"""

import sys

import optuna

file = sys.argv[1] if len(sys.argv) > 1 else "storage/hpo.db"
storage = f"sqlite:///{file}"
names = optuna.get_all_study_names(storage)
name = sys.argv[2] if len(sys.argv) > 2 else names[0]
study = optuna.load_study(study_name=name, storage=storage)
best = study.best_trial

print(f"study {name}: {len(study.trials)} trials")
print(f"best: trial {best.number} with {best.value}")
for key, value in best.params.items():
    print(f"  {key} = {value}")
