"""Trains a small network to tell two spirals apart. It saves after each epoch, and resumes where it was."""

import torch
from torch import nn

import hpo  # hpo.py beside it, by `hpo init --python`

run = hpo.run(lr=0.01, width=16, activation="tanh", batch_size=32)  # the values by hand
run.seed_all()
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

width, activation = run.params.width, {"relu": nn.ReLU, "tanh": nn.Tanh}[run.params.activation]
model = nn.Sequential(
    nn.Linear(2, width), activation(), nn.Linear(width, width), activation(), nn.Linear(width, 2)
)
optimizer = torch.optim.Adam(model.parameters(), lr=run.params.lr)

if state := run.load():  # None where nothing was saved
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["rng"])

for epoch in run.steps(27):  # from the epoch after the saved one, to where hpo pauses this trial
    for batch in torch.randperm(len(points)).split(run.params.batch_size):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(points[batch]), labels[batch]).backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (model(held_out).argmax(1) == held_out_labels).double().mean().item()
    run.report(epoch=epoch, accuracy=accuracy)
    run.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()})
