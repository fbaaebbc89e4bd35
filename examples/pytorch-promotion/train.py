"""Trains a small network to tell two spirals apart. It saves after each epoch, and resumes where it was."""

import json
import os

import torch
from torch import nn

EPOCHS = 27
params = json.loads(os.environ.get("HPO_PARAMS", '{"lr": 0.01, "width": 16, "activation": "tanh", "batch_size": 32}'))
torch.manual_seed(int(os.environ.get("HPO_SEED", "0")))
torch.set_num_threads(1)


def spirals(count, generator):
    """Returns points of two spirals with some noise, and which spiral each one is of."""
    label = torch.arange(count) % 2
    turn = 0.5 + 3 * torch.rand(count, generator=generator)
    angle = 3 * turn + torch.pi * label
    points = torch.stack((turn * torch.cos(angle), turn * torch.sin(angle)), 1)
    return points + 0.12 * torch.randn(count, 2, generator=generator), label


data = torch.Generator().manual_seed(1)  # the same points for all trials
points, labels = spirals(2000, data)
held_out, held_out_labels = spirals(1000, data)

width, activation = params["width"], {"relu": nn.ReLU, "tanh": nn.Tanh}[params["activation"]]
model = nn.Sequential(
    nn.Linear(2, width), activation(), nn.Linear(width, width), activation(), nn.Linear(width, 2)
)
optimizer = torch.optim.Adam(model.parameters(), lr=params["lr"])

folder = os.environ.get("HPO_CHECKPOINT_DIR")  # none by hand
file = os.path.join(folder, "last.pt") if folder else None
epoch = 0
if file and os.path.exists(file):
    state = torch.load(file, weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])
    epoch = state["epoch"]

while epoch < int(os.environ.get("HPO_TARGET_STEP", EPOCHS)):
    epoch += 1
    for batch in torch.randperm(len(points)).split(params["batch_size"]):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(points[batch]), labels[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (model(held_out).argmax(1) == held_out_labels).double().mean().item()
    print(f"METRIC epoch={epoch} accuracy={accuracy:.4f}", flush=True)
    if file:
        state = {"epoch": epoch, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**state, "rng": torch.get_rng_state()}, file + ".new")
        os.replace(file + ".new", file)  # the old file or the new one, never half of one
