"""hpo for Python programs, in one file without dependencies. `hpo init --python` writes it beside a script.

    import hpo

    run = hpo.run(lr=0.1)                      # a trial of `hpo optimize`; by hand the script runs with these defaults
    state = run.load() or {"weight": 0.0}      # what the last attempt has saved
    for epoch in run.steps(10):                # ends where hpo wants this trial to end
        ...
        run.report(epoch=epoch, loss=loss)
        run.save({"weight": weight})

    study = hpo.Study("name", space={"lr": {"min": 1e-4, "max": 1, "log": True}}, metric="loss")   # in a notebook
    for trial in study.trials(20):
        trial.tell(train(trial.params.lr))
    print(study.best.params)

LightningCallback, KerasCallback and TransformersCallback report, save and stop in those frameworks (docs/python.md).
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import math
import operator
import os
import pickle
import random
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Iterator, Mapping, Sequence

__version__ = "0.1.0"
__all__ = ["HpoError", "Params", "Pruned", "Run", "Study", "Trial", "run"]

PROTOCOL = 1
INSTALL = "npm install -g hpo, in the version of hpo.py or newer; Study(command=[...]) names another place"
#: Mistakes in a function given to `save`. A full disk has many other errors.
MISTAKES = (AssertionError, AttributeError, ImportError, LookupError, NameError, TypeError, ValueError, pickle.PickleError)
RENEW = "install hpo and hpo.py in versions that belong together: remove hpo.py, then hpo init --python"


class HpoError(RuntimeError):
    """hpo cannot be started, or refuses what it was asked for. `code` is stable."""

    def __init__(self, code: str, message: str, fix: str | None = None) -> None:
        super().__init__(f"[{code}] {message}" + (f"\n  fix: {fix}" if fix else ""))
        self.code = code


class Pruned(Exception):
    """Raised by a function of `Study.optimize` whose trial is not worth more."""


class Params(dict):
    """Parameters by name: params["lr"], params.lr, params.get("lr", 0.1)."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"no parameter {name}, only {', '.join(self) or 'none'}")


def run(defaults: Mapping[str, Any] | None = None, /, **more: Any) -> Run:
    """Returns the trial that this script runs as. The defaults are the parameters that hpo does not give."""
    return Run({**(defaults or {}), **more})


class Run:
    """A trial of `hpo optimize`, or a run by hand: then is_active is False, trial and study are None, and seed is 0.

    folder: where the trial may write. target_step: where hpo wants it to end; None: nowhere.
    """

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        get = os.environ.get
        file, text = get("HPO_PARAMS_FILE"), get("HPO_PARAMS")
        given = json.loads(Path(file).read_text("utf-8") if file else text or "{}")
        self.params = Params({**defaults, **{name: _as_default(defaults.get(name), given[name]) for name in given}})
        self.seed = int(get("HPO_SEED") or 0)
        self.is_active = "HPO_TRIAL" in os.environ
        self.trial = int(os.environ["HPO_TRIAL"]) if self.is_active else None
        self.study = get("HPO_STUDY")
        self.folder = Path(get("HPO_TRIAL_DIR") or ".")
        self.target_step = int(get("HPO_TARGET_STEP") or 0) or None
        folder = get("HPO_CHECKPOINT_DIR")
        self.checkpoint_folder = Path(folder) if folder else None
        #: The last step that was reported, or loaded.
        self.step: int | None = None
        self._start = 0
        self._is_stopped = False

    def seed_all(self) -> int:
        """Seeds random, and NumPy and PyTorch where they are imported. Returns the seed."""
        random.seed(self.seed)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed(self.seed % 2**32)
        if "torch" in sys.modules:
            sys.modules["torch"].manual_seed(self.seed)
        return self.seed

    def report(
        self, metrics: Mapping[str, Any] | None = None, *, step: Any = None, epoch: Any = None, **more: Any
    ) -> None:
        """Prints one METRIC line. Values are numbers, also those of NumPy and tensors with one value.

        Without a step or an epoch they are final values of the trial. Of several processes only rank 0 prints.
        """
        values = _numbers({**(metrics or {}), **more})
        at = _step(step, epoch)
        if at is not None:
            self.step = at
        if _is_first():
            words = [] if at is None else [f"{'step' if epoch is None else 'epoch'}={at}"]
            words += [f"{name}={value!r}" for name, value in values.items()]
            # A whole line in one piece, and at once.
            sys.stdout.write(f"METRIC {' '.join(words)}\n")
            sys.stdout.flush()

    def last(self, total: int) -> int:
        """Returns the last step of this attempt: the total, or less where hpo wants to pause the trial."""
        return total if self.target_step is None else min(total, self.target_step)

    def steps(self, total: int) -> Iterator[int]:
        """Yields the steps of this attempt, counted from 1; after `load` from the one after the saved step."""
        yield from range(self._start + 1, self.last(total) + 1)

    def should_stop(self) -> bool:
        """Returns whether to end now: at the target step, or when hpo has asked this program to end.

        From the first call on SIGTERM no longer ends the program at once: it has 5 seconds.
        """
        if self.is_active and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            if threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGTERM, self._stop)
        return self._is_stopped or (self.target_step is not None and (self.step or 0) >= self.target_step)

    def _stop(self, *_: Any) -> None:
        self._is_stopped = True

    @property
    def start(self) -> int:
        """The step of the last checkpoint; 0 without one."""
        return self._newest()[1]

    @property
    def checkpoint(self) -> str | None:
        """The path of the last checkpoint, as the function given to `save` has written it; None without one."""
        found, start = self._newest()
        if found is None:
            return None
        self._start = self.step = start
        return str(found / "state")

    def load(self, read: Callable[[str], Any] | None = None) -> Any:
        """Returns what was saved last; None where there is nothing. `read` reads a path that a function has written."""
        path = self.checkpoint
        if path is None:
            return None
        try:
            if read is not None:
                return read(path)
            with open(path, "rb") as file:
                return pickle.load(file)
        except Exception as error:
            self._forget(path, error)
            return None

    def save(self, state: Any, step: int | None = None) -> bool:
        """Replaces the checkpoint, as a whole or not at all, by a state for `load` or what a function writes to a path.

        `step` is that of the last report. Nothing is saved where hpo gives no folder for it. When saving fails, a
        line on stderr says so, the previous checkpoint stays, and this returns False. Mistakes such as KeyError are raised.
        Of several processes only rank 0 saves.
        """
        folder = self.checkpoint_folder
        if folder is None or not _is_first():
            return False
        new, at = self._new(), (self.step or 0) if step is None else _step(step, None)
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            if inspect.isroutine(state):
                state(str(new / "state"))
            else:
                with open(new / "state", "wb") as file:
                    pickle.dump(state, file)
            if not (new / "state").exists():
                raise ValueError("expected the function given to save to write a file or a folder at its path")
            (new / "step").write_text(str(at))
            for path in [path for path in new.rglob("*") if path.is_file()]:
                with open(path, "rb") as file:
                    os.fsync(file.fileno())
            _sync_output()
            before = _checkpoints(folder)
            os.rename(new, folder / f"checkpoint-{max(before, default=0) + 1}")
            for path in before.values():
                shutil.rmtree(path, ignore_errors=True)
            return True
        except Exception as error:
            shutil.rmtree(new, ignore_errors=True)
            if isinstance(error, MISTAKES):
                raise
            _warn(f"the checkpoint of step {at} could not be saved: {_said(error)}")
            return False

    def _new(self) -> Path:
        return Path(self.checkpoint_folder or ".") / "new"

    def _newest(self) -> tuple[Path | None, int]:
        found = _checkpoints(self.checkpoint_folder) if self.checkpoint_folder else {}
        newest = found[max(found)] if found else None
        try:
            return newest, int((newest / "step").read_text()) if newest else 0
        except (OSError, ValueError) as error:
            self._forget(newest, error)
            return None, 0

    def _forget(self, path: Any, error: Exception) -> None:
        self._start, self.step = 0, None
        _warn(f"the checkpoint {path} cannot be read, so training starts from the beginning: {_said(error)}")


def _sync_output() -> None:
    """Puts the reports on the disk before a checkpoint after which no attempt repeats them.

    In a sweep the output is the log of the trial. A terminal or a pipe cannot be synced.
    """
    try:
        os.fsync(1)
    except OSError:
        pass


def _is_first() -> bool:
    return os.environ.get("RANK") in (None, "", "0")


def _checkpoints(folder: Path) -> dict[int, Path]:
    found = [(re.fullmatch(r"checkpoint-(\d+)", path.name), path) for path in folder.glob("checkpoint-*")]
    return {int(match[1]): path for match, path in found if match and (path / "step").exists()}


def _as_default(default: Any, value: Any) -> Any:
    """Lists come as text."""
    return json.loads(value) if isinstance(default, (list, tuple, dict)) and isinstance(value, str) else value


def _step(step: Any, epoch: Any) -> int | None:
    given = step if epoch is None else epoch
    if given is None:
        return None
    found = operator.index(given)
    if found < 0:
        raise ValueError(f"expected a step of at least 0, got {found}")
    return found


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    if not values:
        raise ValueError("expected at least one metric, such as loss=0.5")
    return {_name(name): _number(name, value) for name, value in values.items()}


def _name(name: Any) -> str:
    if not isinstance(name, str) or re.search(r"[\s=]|^$", name) or not name.isprintable():
        raise ValueError(f"expected the name of a metric, without blanks and =, got {name!r}")
    return name


def _number(name: str, value: Any) -> float:
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"expected one number as {name}, got {value!r:.100}") from None


def _said(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _warn(text: str) -> None:
    print(f"hpo.py: {text}", file=sys.stderr, flush=True)


class Study:
    """A study whose trials this program runs: what it asks for and reports is stored as that of `hpo ask` and `hpo tell`.

    space: the parameters as in a sweep file, {"lr": {"min": 1e-4, "max": 1, "log": True}, "opt": ["a", "b"]}.
    objectives: several, in the place of metric and direction: {"loss": "minimize", "ms": "minimize"}.
    settings: other keys of a sweep file, such as sampler="tpe" or pruner="median".
    sweep: a sweep file, instead of a space. Without both an existing study is opened, or cfg/sweep.yaml.
    storage: a URL; None: sqlite:storage/hpo.db.
    command: the program, such as ["npx", "hpo"]; None: $HPO_COMMAND, else `hpo` in PATH or node_modules/.bin.
    timeout: seconds that an answer may take.
    """

    _process: _Process | None = None

    def __init__(
        self,
        name: str | None = None,
        space: Mapping[str, Any] | None = None,
        *,
        metric: str = "loss",
        direction: str = "minimize",
        objectives: Mapping[str, str] | None = None,
        sweep: str | None = None,
        storage: str | None = None,
        command: Sequence[str] | None = None,
        timeout: float = 600,
        **settings: Any,
    ) -> None:
        if isinstance(command, str):
            raise TypeError(f"expected a list of words as command, got {command!r}")
        if space is None and (settings or objectives):
            raise TypeError("expected a space with other settings: those of a sweep file are in the file")
        definition = None
        if space is not None:
            wanted = [{"metric": each, "direction": way} for each, way in (objectives or {metric: direction}).items()]
            kind = {"objective": wanted[0]} if len(wanted) == 1 else {"objectives": wanted}
            definition = {**({} if name is None else {"study": name}), **kind, "parameters": space, **settings}
        self._opening = {
            "type": "open",
            "protocol": PROTOCOL,
            "study": name,
            "definition": definition,
            "sweep": sweep,
            "storage": storage,
        }
        try:
            json.dumps(self._opening, allow_nan=False)
        except ValueError:
            raise ValueError(f"expected a space of finite numbers, got {space!r:.500}") from None
        self._command = None if command is None else list(command)
        self._timeout = timeout
        # Relative paths keep their meaning where the program changes its folder.
        self._folder = os.getcwd()
        self._forget()
        self.open()

    def open(self) -> dict[str, Any]:
        """Starts the process where none runs. Returns the study's name, its objectives, and hpo's version."""
        self._exchange({"type": "open"})
        return dict(self._opened)

    @property
    def name(self) -> str:
        return self._opened["study"]

    @property
    def metrics(self) -> list[str]:
        """The names of the objectives."""
        return [each["metric"] for each in self._opened["objectives"]]

    def ask(self) -> Trial:
        """Returns the next trial. Raises HpoError study.exhausted where nothing is left."""
        answer = self._exchange({"type": "ask", "held": sorted(self._held)})
        self._held.add(answer["trial"])
        return Trial(self, answer["trial"], Params(answer["params"]), answer["seed"])

    def trials(self, count: int | None = None) -> Iterator[Trial]:
        """Yields new trials until nothing is left. One whose turn ends without `tell` fails."""
        for _ in itertools.count() if count is None else range(count):
            try:
                trial = self.ask()
            except HpoError as error:
                if error.code == "study.exhausted":
                    return
                raise
            try:
                yield trial
            finally:
                if not sys.is_finalizing():
                    self._leave(trial, "the program recorded no result")

    def optimize(self, function: Callable[[Trial], Any], count: int | None = None) -> Any:
        """Runs a function for each trial, records what it returns, and returns the best. Raise Pruned in it to prune.

        Another exception fails its trial, and ends the search.
        """
        for trial in self.trials(count):
            try:
                self.tell(trial, function(trial))
            except Pruned as pruned:
                self.tell(trial, state="pruned", reason=str(pruned) or trial.reason)
            except BaseException as error:
                try:
                    self._leave(trial, _said(error)[:1000])
                except HpoError as failure:
                    _warn(str(failure))
                    self._held.discard(trial.number)
                raise
        return self.best

    def _leave(self, trial: Trial, reason: str) -> None:
        try:
            if trial.number in self._held:
                self.tell(trial, state="fail", reason=reason)
        except HpoError as error:
            # By a child, perhaps.
            if error.code != "trial.finished":
                raise
            self._held.discard(trial.number)

    def tell(self, trial: Trial | int, value: Any = None, state: str | None = None, reason: str | None = None) -> str:
        """Records the end of a trial, and returns its state.

        value: the objective; a list or a dict of several. state: complete (the default with a value), pruned or fail.
        A value that is not a number fails the trial. A pruned trial without a value keeps its last report.
        """
        number = trial.number if isinstance(trial, Trial) else operator.index(trial)
        if value is None and state is None:
            raise ValueError("expected a value, or state='pruned' or 'fail'")
        if isinstance(value, Mapping):
            value = [value[metric] for metric in self.metrics]
        several = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
        values = [_json_number(_number("value", each)) for each in several]
        answer = self._exchange(
            {"type": "tell", "trial": number, "values": values, "state": state or "complete", "reason": reason}
        )
        self._held.discard(number)
        return answer["state"]

    def fail(self, trial: Trial | int, reason: str | None = None) -> None:
        """Records that a trial has failed."""
        self.tell(trial, state="fail", reason=reason)

    @property
    def best(self) -> Any:
        """The best configuration so far, with params, value, values, trials; None without a complete trial."""
        found = self.front
        return found[0] if found else None

    @property
    def front(self) -> list[Any]:
        """The best configurations: one, or the Pareto front of several objectives."""
        found = self._exchange({"type": "best"})["best"]
        for each in found:
            each["params"] = Params(each["params"])
            each["values"] = [float(value) for value in each["values"]]
        return [SimpleNamespace(**{**each, "value": each["values"][0]}) for each in found]

    def close(self) -> None:
        """Ends the process. What comes next starts another one."""
        with self._lock:
            self._end()

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        """Returns the answer to a request. The tell of a loop collected in the midst of one comes later."""
        with self._lock:
            if self._is_busy:
                if request["type"] != "tell":
                    raise HpoError("hpo.busy", "expected no request in the midst of another one")
                self._later.append(request)
                return {"state": request["state"]}
            self._is_busy = True
            try:
                while self._later:
                    try:
                        self._answer(self._later[0])
                    except HpoError as error:
                        if not error.code.startswith("trial."):
                            raise
                    self._later.pop(0)
                return self._answer(request)
            finally:
                self._is_busy = False

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """A process that was killed is started again, once."""
        try:
            for is_again in (False, True):
                process = self._process or self._start()
                try:
                    if not process.is_open:
                        self._opened = process.ask({**self._opening, "held": sorted(self._held)})
                        process.is_open = True
                    return self._opened if request["type"] == "open" else process.ask(request)
                except _Ended as ended:
                    self._end()
                    if is_again or process.answers == 0:
                        raise HpoError(ended.code, str(ended), ended.fix) from None
                except HpoError as error:
                    # Its end was stored before the process was killed.
                    if is_again and request["type"] == "tell" and error.code == "trial.finished":
                        return {"state": request["state"]}
                    raise
            raise AssertionError("unreachable")
        except HpoError as error:
            if self._process is not None and not self._process.is_sound:
                self._end()
            raise error
        except BaseException:
            # A line may have been interrupted: the next request starts again.
            self._end()
            raise

    def _start(self) -> _Process:
        self._process = _Process(self._command or _find_command(self._folder), self._folder, self._timeout)
        self._finalizer = weakref.finalize(self, self._process.close)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._finalizer()
        self._process = None

    def _forget(self) -> None:
        """Begins without a process, as a forked program does."""
        if self._process is not None:
            self._process.abandon()
            self._finalizer.detach()
        self._lock = threading.RLock()
        self._process = None
        self._is_busy = False
        self._later: list[dict[str, Any]] = []
        #: Numbers of the trials that this program has.
        self._held: set[int] = getattr(self, "_held", set())
        _studies.add(self)

    def __getstate__(self) -> dict[str, Any]:
        own = ("_lock", "_process", "_finalizer", "_later")
        return {name: value for name, value in self.__dict__.items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget()


class Trial:
    """A trial of a `Study`: number, params, seed. `reason` is why it should be pruned."""

    def __init__(self, study: Study, number: int, params: Params, seed: int) -> None:
        self.study, self.number, self.params, self.seed = study, number, params, seed
        self.reason: str | None = None

    def __repr__(self) -> str:
        return f"Trial({self.number}, {dict(self.params)})"

    def report(self, value: Any = None, *, step: Any = None, epoch: Any = None, **metrics: Any) -> None:
        """Stores metrics of a step; without one they are final values. `value`: the first objective, or a dict."""
        if value is not None:
            metrics.update(value if isinstance(value, Mapping) else {self.study.metrics[0]: value})
        points = {name: _json_number(each) for name, each in _numbers(metrics).items()}
        at = _step(step, epoch)
        self.study._exchange({"type": "report", "trial": self.number, "step": at, "metrics": points})

    def should_prune(self) -> bool:
        """Returns whether the study's pruner or scheduler stops the trial, by what it has reported."""
        answer = self.study._exchange({"type": "judge", "trial": self.number})
        self.reason = answer["reason"] if answer["prune"] else None
        return answer["prune"]

    def tell(self, value: Any = None, state: str | None = None, reason: str | None = None) -> str:
        """Records the end of the trial: `Study.tell`."""
        return self.study.tell(self, value, state, reason)

    def fail(self, reason: str | None = None) -> None:
        """Records that the trial has failed."""
        self.study.fail(self, reason)


_studies: weakref.WeakSet[Study] = weakref.WeakSet()


def _after_fork() -> None:
    for study in list(_studies):
        study._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Ended(Exception):
    code = "hpo.ended"
    fix: str | None = None


class _Process:
    """A running `hpo ask --serve`: one JSON object on each line, and one answer to each."""

    def __init__(self, command: Sequence[str], folder: str, timeout: float) -> None:
        self._timeout = timeout
        self._words = [*command, "ask", "--serve"]
        self._owner = os.getpid()
        self._errors = tempfile.TemporaryFile()
        self._buffer = b""
        self._ids = itertools.count(1)
        self.answers = 0
        self.is_open = False
        #: Whether each request so far has had its answer.
        self.is_sound = True
        try:
            # A session of its own: Ctrl-C is for this program, which may continue.
            self._child = subprocess.Popen(
                self._words,
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            message = f"expected a program that starts, got {error.strerror}: {command[0]}"
            raise HpoError("hpo.not-started", message, INSTALL) from None
        os.set_blocking(self._child.stdin.fileno(), False)  # type: ignore[union-attr]

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        deadline = time.monotonic() + self._timeout
        self.is_sound = False
        try:
            self._write(json.dumps({"id": number, **request}, allow_nan=False).encode() + b"\n", deadline)
            line = self._read(deadline)
        except (BrokenPipeError, ConnectionResetError):
            raise self._ended() from None
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        error = answer.get("error") if isinstance(answer, dict) else None
        known = (number, None) if isinstance(error, dict) else (number,)
        if not isinstance(answer, dict) or answer.get("id") not in known:
            got = line.decode(errors="replace")[:200]
            raise HpoError("hpo.bad-answer", f"expected an answer with the id {number} from hpo, got {got}", RENEW)
        self.answers += 1
        self.is_sound = True
        for warning in answer.get("warnings") or []:
            warnings.warn(str(warning), stacklevel=6)
        if isinstance(error, dict):
            raise HpoError(str(error.get("code")), str(error.get("message")), error.get("fix"))
        wanted = ANSWERS[request["type"]]
        if any(not isinstance(answer.get(name), kind) for name, kind in wanted.items()):
            got = json.dumps(answer)[:200]
            raise HpoError("hpo.bad-answer", f"expected an answer with {', '.join(wanted)}, got {got}", RENEW)
        return answer

    def close(self) -> None:
        """Ends the process: it reads that its input has closed."""
        if self._owner != os.getpid():
            return
        self._drop()
        try:
            self._child.wait(timeout=2 if self.is_sound else 0)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def abandon(self) -> None:
        """Leaves the process to the program that this one was forked from, whose pipes would stay open here."""
        self._drop()
        self._child.returncode = 0

    def _drop(self) -> None:
        for stream in (self._child.stdin, self._child.stdout, self._errors):
            stream.close()  # type: ignore[union-attr]

    def _write(self, data: bytes, deadline: float) -> None:
        fd = self._child.stdin.fileno()  # type: ignore[union-attr]
        left = memoryview(data)
        while left:
            self._wait(fd, select.POLLOUT, deadline)
            left = left[os.write(fd, left) :]

    def _read(self, deadline: float) -> bytes:
        fd = self._child.stdout.fileno()  # type: ignore[union-attr]
        while b"\n" not in self._buffer:
            self._wait(fd, select.POLLIN, deadline)
            part = os.read(fd, 1 << 16)
            if not part:
                raise self._ended()
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _wait(self, fd: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(fd, event)
        if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
            message = f"expected an answer of {shlex.join(self._words)} within {self._timeout:g} s"
            raise HpoError("hpo.timeout", message, "Study(timeout=...)")

    def _ended(self) -> _Ended:
        try:
            code: Any = self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = "unknown"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        said = self._errors.read().decode(errors="replace").strip()
        ended = _Ended(f"{shlex.join(self._words)} ended with exit code {code}: {said or 'it said nothing'}")
        if self.answers > 0:
            return ended
        ended.fix = INSTALL
        if "unknown option '--serve'" in said:
            ended.code = "hpo.too-old"
        elif shutil.which("node") is None:
            ended.fix = "install Node.js 20 or newer, so that `node` is in PATH"
        return ended


#: What the name of a metric cannot have.
NOT_NAMED = r"^(?![A-Za-z_%\u00b5\u03bc])|[^\w.:/@%\u00b5\u03bc-]"
#: What each answer must have.
ANSWERS: dict[str, dict[str, Any]] = {
    "open": {"study": str, "objectives": list, "version": str},
    "ask": {"trial": int, "params": dict, "seed": int},
    "report": {"stored": bool},
    "judge": {"prune": bool, "reason": str},
    "tell": {"state": str},
    "best": {"best": list},
}


def _find_command(start: str) -> list[str]:
    named = os.environ.get("HPO_COMMAND")
    if named:
        return shlex.split(named)
    found = shutil.which("hpo")
    if found is not None:
        return [found]
    for folder in (Path(start), *Path(start).parents):
        local = folder / "node_modules" / ".bin" / "hpo"
        if local.exists():
            return [str(local)]
    message = "expected the program hpo in PATH or in node_modules/.bin, found none"
    raise HpoError("hpo.not-found", message, INSTALL)


def _json_number(number: float) -> float | str:
    """Returns a number; as text where JSON has none."""
    if math.isnan(number):
        return "NaN"
    return number if math.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")


def __getattr__(name: str) -> Any:
    """Makes a callback when it is first named: then its framework is imported."""
    make = {
        "LightningCallback": _lightning_callback,
        "KerasCallback": _keras_callback,
        "TransformersCallback": _transformers_callback,
    }.get(name)
    if make is None:
        raise AttributeError(f"module hpo has no {name}")
    made = globals()[name] = make()
    made.__name__ = made.__qualname__ = name
    return made


def _report(run: Run, values: Mapping[str, Any], at: int, unit: str = "epoch") -> None:
    """Reports the numbers of a framework's logs, under names that hpo reads."""
    found = {}
    for name, value in values.items():
        try:
            if name not in ("epoch", "step"):
                found[re.sub(NOT_NAMED, "_", name, flags=re.ASCII)] = _number(name, value)
        except TypeError:
            continue
    if found:
        # Progress bars leave the line that they are in.
        print(flush=True)
        run.report(found, **{unit: at})


def _lightning_callback() -> type:
    # The two packages have the same classes, and a Trainer wants those of its own.
    names = ["lightning.pytorch", "pytorch_lightning"]
    names.sort(key=lambda name: name not in sys.modules)
    try:
        module: Any = importlib.import_module(names[0])
    except ImportError:
        module = importlib.import_module(names[1])

    class LightningCallback(module.Callback):
        """For Trainer(callbacks=[...]), with fit(..., ckpt_path=run.checkpoint)."""

        def __init__(self, own: Run | None = None) -> None:
            super().__init__()
            self.run = own or run()

        def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
            epoch = trainer.current_epoch + 1
            # Of several processes all take part: the values may have to be gathered, and so may what is saved.
            metrics, written = dict(trainer.callback_metrics), []

            def write(path: str) -> None:
                trainer.save_checkpoint(path, weights_only=False)
                written.append(path)

            if trainer.is_global_zero:
                _report(self.run, metrics, epoch)
                self.run.save(write, epoch)
                # The others wait for it.
                if self.run.checkpoint_folder and not written:
                    trainer.strategy.barrier("Trainer.save_checkpoint")
            elif self.run.checkpoint_folder:
                write(str(self.run._new() / "state"))
            if self.run.last(epoch + 1) <= epoch:
                trainer.should_stop = True

    return LightningCallback


def _keras_callback() -> type:
    from keras.callbacks import Callback

    class KerasCallback(Callback):  # type: ignore[misc,valid-type]
        """For fit(callbacks=[...], initial_epoch=run.start)."""

        def __init__(self, own: Run | None = None) -> None:
            super().__init__()
            self.run = own or run()

        def _variables(self) -> list[Any]:
            optimizer = self.model.optimizer
            return [*self.model.weights, *(optimizer.variables if optimizer else [])]

        def on_train_begin(self, logs: Any = None) -> None:
            saved = self.run.load()
            if saved is not None:
                for variable, value in zip(self._variables(), saved):
                    # What a trial was given holds, also where it continues another one.
                    if getattr(variable, "name", "") != "learning_rate":
                        variable.assign(value)

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            _report(self.run, logs or {}, epoch + 1)
            from keras.ops import convert_to_numpy

            self.run.save([convert_to_numpy(variable) for variable in self._variables()], epoch + 1)
            if self.run.last(epoch + 2) <= epoch + 1:
                self.model.stop_training = True

    return KerasCallback


def _transformers_callback() -> type:
    from transformers import TrainerCallback

    class TransformersCallback(TrainerCallback):  # type: ignore[misc,valid-type]
        """For Trainer(callbacks=[...]), with train(resume_from_checkpoint=run.checkpoint).

        It reports each evaluation by its epoch; with eval_strategy="steps" it counts steps.
        """

        def __init__(self, own: Run | None = None) -> None:
            self.run = own or run()

        def _at(self, args: Any, state: Any) -> int:
            return state.global_step if _is_by_step(args) else int(state.epoch or 0)

        def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **_: Any) -> None:
            at = self._at(args, state)
            # The Trainer may evaluate again after its training.
            if at <= (self.run.step or 0):
                return
            unit = "step" if _is_by_step(args) else "epoch"
            losses = [each["loss"] for each in state.log_history if "loss" in each]
            if state.is_world_process_zero:
                _report(self.run, {**({"loss": losses[-1]} if losses else {}), **(metrics or {})}, at, unit)
            self.run.step = at
            if self.run.last(at + 1) <= at:
                control.should_training_stop = True

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            source = Path(args.output_dir) / f"checkpoint-{state.global_step}"

            def write(path: str) -> None:
                shutil.copytree(source, path, copy_function=_link)

            if state.is_world_process_zero:
                self.run.save(write, self._at(args, state))

    return TransformersCallback


def _is_by_step(args: Any) -> bool:
    return "steps" in str(args.eval_strategy).lower()


def _link(source: str, target: str) -> None:
    """Files that are never written to again need no second copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
