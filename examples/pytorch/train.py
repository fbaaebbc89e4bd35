"""A small convolutional network in PyTorch, tuned by hpo. The images are made here, so nothing is downloaded.

Each image of 12 x 12 pixels shows a bright bar, lying or standing or slanted, under noise; the network tells which.
hpo passes --name=value arguments; HPO_SEED is the seed, and CUDA_VISIBLE_DEVICES shows only the GPU of this trial.
"""

import argparse
import os

import torch
from torch import nn

SIZE, CLASSES = 12, 3


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--opt", choices=["sgd", "adam"], default="adam")
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--filters", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=3)
    return parser.parse_args()


def bars(count, generator):
    """Images and their classes."""
    labels = torch.arange(count) % CLASSES
    images = torch.randn(count, 1, SIZE, SIZE, generator=generator)
    places = torch.randint(2, SIZE - 2, (count,), generator=generator)
    for image, label, at in zip(images, labels, places):
        if label == 0:
            image[0, at, :] += 1.5
        elif label == 1:
            image[0, :, at] += 1.5
        else:
            image[0] += 1.5 * torch.diag(torch.ones(SIZE - abs(at - SIZE // 2)), int(at) - SIZE // 2)
    return images, labels


def main():
    args = arguments()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    images, labels = bars(1200, torch.Generator().manual_seed(0))  # the same data for every trial
    images, labels = images.to(device), labels.to(device)
    training, held_out = slice(0, 900), slice(900, None)

    torch.manual_seed(int(os.environ.get("HPO_SEED", "0")))
    model = nn.Sequential(
        nn.Conv2d(1, args.filters, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(args.filters, 2 * args.filters, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(2 * args.filters, CLASSES),
    ).to(device)
    if args.opt == "sgd":
        optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=args.momentum)
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)

    for epoch in range(1, args.epochs + 1):
        model.train()
        for batch in torch.randperm(900).split(args.batch_size):
            loss = nn.functional.cross_entropy(model(images[training][batch]), labels[training][batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            scores = model(images[held_out])
            loss = nn.functional.cross_entropy(scores, labels[held_out]).item()
            accuracy = (scores.argmax(1) == labels[held_out]).float().mean().item()
        print(f"METRIC epoch={epoch} epoch_loss={loss:.6f} epoch_accuracy={accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
