"""A trainer written for Katib, which collects name=value from anywhere in the output."""

import argparse
import logging

logging.basicConfig(format="%(asctime)sZ %(levelname)-8s %(message)s", level=logging.INFO)
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
args = parser.parse_args()
weight = 0.0
for epoch in range(5):
    weight += args.lr * (1 - weight)
    logging.info("epoch=%d batch_size=32 loss=%.6f accuracy=%.4f", epoch, (1 - weight) ** 2, weight)
