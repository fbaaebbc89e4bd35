"""Forks a process for each job that a line of stdin describes, after a program that imports what they need.

forks.py PROGRAM: a job is {"job", "args", "cwd", "env", "files"} as JSON; its answer is {"job", "status"}.
"""

import json
import os
import runpy
import signal
import sys
import time

exec(sys.argv[1])


def run(job):
    """Does what `python ARGS` does, in this process."""
    os.environ.clear()
    os.environ.update(job["env"])
    os.chdir(job["cwd"])
    time.tzset()
    for number, path in enumerate(job["files"]):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), number)
    first, *rest = job["args"]
    if first == "-c":
        sys.argv = ["-c", *rest[1:]]
        sys.path[0] = ""
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    else:
        sys.argv = [first, *rest]
        sys.path[0] = os.path.dirname(os.path.abspath(first))
        runpy.run_path(first, run_name="__main__")


def watch(job):
    """Forks the process of a job, and answers when it has ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        return True
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(1, (json.dumps({"job": job["job"], "status": status}) + "\n").encode())
    os._exit(0)


# What watches a job ends by itself.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
while line := sys.stdin.readline():
    job = json.loads(line)
    if os.fork() == 0 and watch(job):
        run(job)
        break
