"""A trainer written for Guild AI, which reads "key: value" lines with a separate step."""

import sys

lr = float(next(arg for arg in sys.argv if arg.startswith("--lr=")).split("=")[1])
weight = 0.0
for epoch in range(1, 6):
    weight += lr * (1 - weight)
    print(f"step: {epoch}")
    print(f"loss: {(1 - weight) ** 2:.6f}")
    print(f"accuracy: {weight:.4f} (step {epoch})")
