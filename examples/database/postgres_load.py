"""Measures PostgreSQL with the settings of a trial, by pgbench. Prints METRIC tps and p95_ms.
Each trial has a server of its own in a temporary folder, on a socket there: no port, no other server is touched."""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SECONDS = 1
settings = json.loads(os.environ["HPO_PARAMS"])
clients = settings.pop("clients")  # a setting of the program, its pool of connections; the others are the server's
installed = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))  # where Debian has them
initdb = shutil.which("initdb") or (installed and installed[-1])
if not initdb:
    sys.exit("expected PostgreSQL's initdb in PATH or in /usr/lib/postgresql: apt-get install postgresql")
programs = os.path.dirname(os.path.realpath(initdb))
# The server refuses to run as root.
as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []


def command(name, *args):
    return [*as_user, os.path.join(programs, name), *args]


def run(name, *args):
    done = subprocess.run(command(name, *args), cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{name} failed:\n{done.stderr}")


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server ends and the folder is removed
with tempfile.TemporaryDirectory(prefix="hpo-postgres-") as folder:
    if as_user:
        subprocess.run(["chown", "postgres", folder], check=True)
    data, at = f"{folder}/data", ["--host", folder, "--username", "load"]
    run("initdb", "--pgdata", data, "--username=load", "--auth=trust", "--no-sync")
    flags = [arg for name, value in settings.items() for arg in ("-c", f"{name}={value}")]
    serve = command("postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *flags)
    server = subprocess.Popen(serve, cwd=folder)
    try:
        begun = time.monotonic()
        while subprocess.run(command("pg_isready", "--quiet", *at)).returncode != 0:
            if server.poll() is not None or time.monotonic() > begun + 30:
                sys.exit("the server did not start")
            time.sleep(0.02)
        run("pgbench", *at, "--initialize", "--scale=2", "--quiet", "postgres")
        load = [*at, "--no-vacuum", f"--client={clients}", "--log", f"--random-seed={os.environ['HPO_SEED']}"]
        run("pgbench", *load, "--transactions=20", "--log-prefix=warm", "postgres")
        run("pgbench", *load, f"--time={SECONDS}", "--log-prefix=load", "postgres")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
    logs = [line.split() for path in glob.glob(f"{folder}/load.*") for line in open(path)]
    taken = sorted(int(fields[2]) / 1000 for fields in logs)  # milliseconds of each transaction
    print(f"METRIC tps={len(taken) / SECONDS:.0f} p95_ms={taken[int(len(taken) * 0.95)]:.2f}")
