"""Forks a process for each job that comes in at a socket, after a program that imports what they need. Ends when its stdin does.

forks.py SOCKET PROGRAM: a job is {"args", "cwd", "env", "files"} as a line of JSON; its answer is {"status"}.
"""

import json
import os
import runpy
import select
import signal
import socket
import sys
import time

exec(sys.argv[2])


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


def watch(asker):
    """Forks the process of a job, and answers when it has ended. Returns the job in that process."""
    with asker.makefile() as lines:
        job = json.loads(lines.readline())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        asker.close()
        return job
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    asker.sendall(json.dumps({"status": status}).encode())
    os._exit(0)


# What watches a job ends by itself.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1] + ".new")
server.listen(100)
# Whoever sees the socket finds a server that answers.
os.rename(sys.argv[1] + ".new", sys.argv[1])
while sys.stdin not in select.select([sys.stdin, server], [], [])[0]:
    asker, _ = server.accept()
    if os.fork() == 0:
        server.close()
        run(watch(asker))
        break
    asker.close()
