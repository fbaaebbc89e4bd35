import json
import os

rate = json.loads(os.environ["HPO_PARAMS"])["rate"]
x = 1.0
for epoch in range(1, 6):
    x -= rate * 2 * x
    print(f"METRIC epoch={epoch} loss={x * x}", flush=True)
