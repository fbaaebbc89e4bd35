"""Replaces a trainer: its loss is known in advance. It takes `name=value` arguments and prints a METRIC line."""

import math
import sys


def loss(lr, layers, opt):
    return (math.log10(lr) + 3) ** 2 + (layers - 5) ** 2 / 8 + (0.5 if opt == "sgd" else 0)


if __name__ == "__main__":
    given = dict(arg.split("=", 1) for arg in sys.argv[1:])
    print(f"METRIC loss={loss(float(given['lr']), int(given['layers']), given['opt'])}")
