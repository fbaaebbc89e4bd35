"""A small neural network in plain Python, tuned by hpo; it needs no packages, not even NumPy.

It learns to separate two interleaved half-moons. hpo passes one key=value argument for each parameter and a seed in
HPO_SEED. It also runs without hpo: python3 train.py hidden=8 learner.step_size=0.1
"""

import math
import os
import random
import sys

DEFAULTS = {"learner.step_size": 0.05, "learner.momentum": 0.0, "hidden": 8, "batch_size": 16, "epochs": 8}


def read_settings(args):
    settings = dict(DEFAULTS)
    for arg in args:
        key, equals, text = arg.partition("=")
        if not equals or key not in DEFAULTS:
            sys.exit(f"expected key=value with one of {', '.join(DEFAULTS)}, got {arg}")
        settings[key] = type(DEFAULTS[key])(text)
    return settings


def two_moons(rng, count):
    """Returns points of two half circles, with noise; the data is the same for every trial."""
    points = []
    for k in range(count):
        label, angle = k % 2, math.pi * rng.random()
        x, y = math.cos(angle), math.sin(angle)
        if label:
            x, y = 1 - x, 0.5 - y
        points.append(((x + rng.gauss(0, 0.15), y + rng.gauss(0, 0.15)), label))
    return points


class Network:
    """Two inputs, one hidden layer of tanh, one sigmoid output; trained by gradient descent with momentum."""

    def __init__(self, rng, hidden):
        self.weights = [[rng.gauss(0, 1), rng.gauss(0, 1), 0.0, rng.gauss(0, 1 / math.sqrt(hidden))] for _ in range(hidden)]
        self.bias = 0.0
        self.velocity = [[0.0] * 4 for _ in range(hidden)]
        self.bias_velocity = 0.0

    def predict(self, x):
        hidden = [math.tanh(a * x[0] + b * x[1] + c) for a, b, c, _ in self.weights]
        z = self.bias + sum(w[3] * h for w, h in zip(self.weights, hidden))
        return hidden, 1 / (1 + math.exp(-max(-60.0, min(60.0, z))))

    def step(self, batch, step_size, momentum):
        slopes, bias_slope = [[0.0] * 4 for _ in self.weights], 0.0
        for x, label in batch:
            hidden, p = self.predict(x)
            error = (p - label) / len(batch)
            bias_slope += error
            for slope, weight, h in zip(slopes, self.weights, hidden):
                inner = error * weight[3] * (1 - h * h)
                slope[0] += inner * x[0]
                slope[1] += inner * x[1]
                slope[2] += inner
                slope[3] += error * h
        self.bias_velocity = momentum * self.bias_velocity - step_size * bias_slope
        self.bias += self.bias_velocity
        for weight, velocity, slope in zip(self.weights, self.velocity, slopes):
            for k in range(4):
                velocity[k] = momentum * velocity[k] - step_size * slope[k]
                weight[k] += velocity[k]


def evaluate(network, points):
    loss = hits = 0
    for x, label in points:
        p = min(1 - 1e-12, max(1e-12, network.predict(x)[1]))
        loss -= math.log(p if label else 1 - p)
        hits += (p > 0.5) == bool(label)
    return loss / len(points), hits / len(points)


def main():
    settings = read_settings(sys.argv[1:])
    data = two_moons(random.Random(0), 400)
    training, held_out = data[:300], data[300:]
    rng = random.Random(int(os.environ.get("HPO_SEED", "0")))
    network = Network(rng, settings["hidden"])
    for epoch in range(1, settings["epochs"] + 1):
        rng.shuffle(training)
        for at in range(0, len(training), settings["batch_size"]):
            batch = training[at : at + settings["batch_size"]]
            network.step(batch, settings["learner.step_size"], settings["learner.momentum"])
        loss, accuracy = evaluate(network, held_out)
        print(f"METRIC epoch={epoch} epoch_loss={loss:.6f} epoch_accuracy={accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
