"""Measures SQLite with the settings of a trial: one thread writes events, two read them. Prints METRIC rows_per_s and p95_ms."""
import json
import os
import random
import sqlite3
import tempfile
import threading
import time

SECONDS = 0.2
settings = json.loads(os.environ["HPO_PARAMS"])
rows = settings.pop("rows_per_transaction")  # a setting of the program; the others are pragmas
rng = random.Random(int(os.environ["HPO_SEED"]))


def connect(path):
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    for name, value in settings.items():
        db.execute(f"PRAGMA {name} = {value}")
    return db


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "load.db")
    db = connect(path)
    db.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, user INTEGER, body TEXT)")
    db.execute("CREATE INDEX by_user ON events (user)")
    end = time.perf_counter() + SECONDS

    def read():
        reader = connect(path)
        while time.perf_counter() < end:
            user = rng.randrange(1000)
            reader.execute("SELECT count(body) FROM events WHERE user = ?", (user,)).fetchone()
            time.sleep(0.001)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    taken = []  # milliseconds of each transaction: so long a row waits until it is stored
    while not taken or time.perf_counter() < end:
        start = time.perf_counter()
        db.execute("BEGIN IMMEDIATE")
        events = [(rng.randrange(1000), "x" * 200) for _ in range(rows)]
        db.executemany("INSERT INTO events (user, body) VALUES (?, ?)", events)
        db.execute("COMMIT")
        taken.append(1000 * (time.perf_counter() - start))
    for reader in readers:
        reader.join()
    p95 = sorted(taken)[int(len(taken) * 0.95)]
    print(f"METRIC rows_per_s={1000 * rows * len(taken) / sum(taken):.0f} p95_ms={p95:.3f}")
