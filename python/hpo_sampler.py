"""hpo's samplers for studies of Optuna.

    study = optuna.create_study(sampler=HpoSampler(seed=1))

One process of `hpo sampler` makes the proposals. It starts with the first trial, and ends with this program.
"""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import select
import shlex
import shutil
import subprocess
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler
from optuna.study import Study
from optuna.trial import FrozenTrial, TrialState

__version__ = "0.1.0"
__all__ = ["HpoSampler", "HpoSamplerError"]

PROTOCOL = 1
#: The attribute of a trial that holds what was proposed for it, so that other processes see it too.
PROPOSAL = "hpo:proposal"
#: Trials in one message.
MOST_TRIALS = 1000
#: JavaScript has no larger whole numbers.
LARGEST_INT = 2**53 - 1
STATES = {
    TrialState.RUNNING: "running",
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "fail",
}
INSTALL = "npm install -g hpo, in the version of hpo_sampler.py or newer; HpoSampler(command=[...]) names another place"


class HpoSamplerError(RuntimeError):
    """hpo cannot be started, or does not answer as it should. `code` is stable."""

    def __init__(self, code: str, message: str, fix: str | None = None) -> None:
        super().__init__(f"[{code}] {message}" + (f"\n  fix: {fix}" if fix else ""))
        self.code = code


class HpoSampler(BaseSampler):
    """Proposes parameters as hpo does.

    sampler: a sampler of hpo: auto, gp, tpe, cmaes, nsga2, qmc, random or grid.
    seed: the same seed and history give the same proposals; None draws one (the attribute `seed` has it).
    options: those of the sampler, such as {"startup_trials": 5}.
    space: the distributions of all parameters by name, where they are known before the first trial; grid needs them.
    constraints_func: as that of Optuna's samplers: returns numbers for a trial, feasible where all are <= 0.
    command: the program, such as ["npx", "hpo"]; None: $HPO_COMMAND, else `hpo` in PATH or node_modules/.bin.
    timeout: seconds that an answer may take.
    """

    def __init__(
        self,
        sampler: str = "auto",
        *,
        seed: int | None = None,
        options: Mapping[str, Any] | None = None,
        space: Mapping[str, BaseDistribution] | None = None,
        constraints_func: Callable[[FrozenTrial], Sequence[float]] | None = None,
        command: Sequence[str] | None = None,
        timeout: float = 600,
    ) -> None:
        self.seed = random.SystemRandom().randrange(2**31) if seed is None else int(seed)
        if not 0 <= self.seed <= LARGEST_INT:
            raise ValueError(f"expected a seed from 0 to {LARGEST_INT}, got {seed}")
        if isinstance(command, str):
            raise TypeError(f"expected a list of words as command, got {command!r}")
        self._sampler = sampler
        self._options = dict(options or {})
        self._space = None if space is None else dict(space)
        self._constraints_func = constraints_func
        self._command = None if command is None else list(command)
        self._timeout = timeout
        self._random = RandomSampler(self.seed)
        self._forget()

    def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
        """Returns all parameters that trials have named, each with the range that holds its ranges."""
        with self._lock:
            known = self._known_of(study)
            known.learn(_trials_of(study))
            return dict(known.parameters)

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        # The lock is held until the proposal is stored: then the next thread sees it.
        with self._lock:
            answer = self._exchange(study, {"type": "ask", "index": trial.number}, with_news=True)
            params, attrs = _fields(answer, "params", "attrs")
            stored = {"params": params, "attrs": attrs}
            study._storage.set_trial_system_attr(trial._trial_id, PROPOSAL, stored)
        return {name: _external(search_space[name], params[name]) for name in params if name in search_space}

    def sample_independent(
        self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
    ) -> Any:
        sent = _sendable(param_name, param_distribution)
        if sent is None:
            return self._random.sample_independent(study, trial, param_name, param_distribution)
        with self._lock:
            answer = self._exchange(study, {"type": "suggest", "index": trial.number, **sent})
        return _external(param_distribution, _fields(answer, "value")[0])

    def after_trial(
        self, study: Study, trial: FrozenTrial, state: TrialState, values: Sequence[float] | None
    ) -> None:
        if self._constraints_func is None or state not in (TrialState.COMPLETE, TrialState.PRUNED):
            return
        constraints = None
        try:
            numbers = [float(each) for each in self._constraints_func(trial)]
            if any(math.isnan(each) for each in numbers):
                raise ValueError("expected constraints that are numbers, got NaN")
            constraints = numbers
        finally:
            study._storage.set_trial_system_attr(trial._trial_id, "constraints", constraints)

    def close(self) -> None:
        """Ends the process. The next trial starts another one."""
        with self._lock:
            self._end()

    def _exchange(self, study: Study, request: dict[str, Any], with_news: bool = False) -> dict[str, Any]:
        """Returns the answer to a request. A process that was killed is started again, once, and sent everything."""
        try:
            for is_last in (False, True):
                if self._process is None:
                    self._start()
                process = self._process
                try:
                    return self._answer(process, study, request, with_news)
                except _Ended as ended:
                    self._end()
                    if is_last or process.answers == 0:
                        raise HpoSamplerError("sampler.ended", str(ended), ended.fix) from None
            raise AssertionError("unreachable")
        except BaseException:
            # What has arrived is uncertain, and a line may have been interrupted: the next request starts again from the beginning.
            self._end()
            raise

    def _answer(
        self, process: _Process, study: Study, request: dict[str, Any], with_news: bool
    ) -> dict[str, Any]:
        known = self._known_of(study)
        if not known.is_open:
            process.ask(
                {
                    "type": "open",
                    "study": known.name,
                    "protocol": PROTOCOL,
                    "sampler": self._sampler,
                    "options": self._options,
                    "seed": self.seed,
                    "directions": [direction.name.lower() for direction in study.directions],
                    "declared": self._space is not None,
                }
            )
            known.is_open = True
        news = known.news(_trials_of(study), request["index"]) if with_news else [{}]
        for part in news[:-1]:
            process.ask({"type": "tell", "study": known.name, **part})
        return process.ask({**request, "study": known.name, **news[-1]})

    def _known_of(self, study: Study) -> _Known:
        studies = self._studies.setdefault(study._storage, {})
        if study._study_id not in studies:
            studies[study._study_id] = _Known(f"s{next(self._count)}", self._space or {})
        return studies[study._study_id]

    def _start(self) -> None:
        self._process = _Process(self._command or _find_command(), self._timeout)
        self._finalizer = weakref.finalize(self, self._process.close)

    def _end(self) -> None:
        if self._process is not None:
            self._finalizer()
        self._process = None
        self._studies.clear()

    def _forget(self) -> None:
        """Begins without a process, as a new object, a copy and a forked program do."""
        process = getattr(self, "_process", None)
        if process is not None:
            process.abandon()
            self._finalizer.detach()
        self._lock = threading.Lock()
        self._process: _Process | None = None
        self._count = itertools.count()
        self._studies: weakref.WeakKeyDictionary[Any, dict[int, _Known]] = weakref.WeakKeyDictionary()
        _samplers.add(self)

    def __getstate__(self) -> dict[str, Any]:
        own = ("_lock", "_process", "_finalizer", "_count", "_studies")
        return {name: value for name, value in self.__dict__.items() if name not in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget()


_samplers: weakref.WeakSet[HpoSampler] = weakref.WeakSet()


def _after_fork() -> None:
    for sampler in list(_samplers):
        sampler._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Known:
    """What the process knows of one study."""

    def __init__(self, name: str, space: Mapping[str, BaseDistribution]) -> None:
        self.name = name
        self.is_open = False
        self.parameters: dict[str, BaseDistribution] = {}
        self._sent_parameters: list[Any] = []
        self._learned: set[int] = set()
        self._sent: dict[int, str] = {}
        self._finished: set[int] = set()
        self._constraints: dict[str, None] = {}
        for param_name, distribution in space.items():
            self._add(param_name, distribution)

    def learn(self, trials: list[FrozenTrial]) -> None:
        for trial in trials:
            if trial.number in self._learned:
                continue
            for name, distribution in trial.distributions.items():
                self._add(name, distribution)
            if trial.state.is_finished():
                self._learned.add(trial.number)

    def news(self, trials: list[FrozenTrial], own: int) -> list[dict[str, Any]]:
        """Returns what the process does not know yet, in parts; `own` is the trial that it is asked for."""
        self.learn(trials)
        found = []
        for trial in trials:
            if trial.number in self._finished or trial.number == own or trial.state not in STATES:
                continue
            message = self._message(trial)
            text = json.dumps(message, sort_keys=True)
            if self._sent.get(trial.number) != text:
                found.append(message)
            if trial.state.is_finished():
                self._finished.add(trial.number)
                self._sent.pop(trial.number, None)
            else:
                self._sent[trial.number] = text
        parts: list[dict[str, Any]] = [
            {"trials": found[at : at + MOST_TRIALS]} for at in range(0, max(len(found), 1), MOST_TRIALS)
        ]
        parameters = [_sendable(name, distribution) for name, distribution in self.parameters.items()]
        if parameters != self._sent_parameters:
            self._sent_parameters = parameters
            parts[0]["parameters"] = parameters
        return parts

    def _add(self, name: str, distribution: BaseDistribution) -> None:
        before = self.parameters.get(name)
        if before is not None:
            distribution = _widened(before, distribution)
        if distribution is not before and _sendable(name, distribution) is not None:
            self.parameters[name] = distribution

    def _message(self, trial: FrozenTrial) -> dict[str, Any]:
        steps = trial.intermediate_values if trial.state == TrialState.PRUNED else {}
        return {
            "number": trial.number,
            "state": STATES[trial.state],
            "params": {
                name: distribution.to_internal_repr(trial.params[name])
                for name, distribution in trial.distributions.items()
                if name in self.parameters
            },
            "values": None if trial.values is None else [_json_number(each) for each in trial.values],
            "violations": [_json_number(each) for each in self._violations(trial.system_attrs)],
            "steps": [[step, _json_number(value)] for step, value in steps.items() if step >= 0],
            "proposal": trial.system_attrs.get(PROPOSAL),
        }

    def _violations(self, attrs: Mapping[str, Any]) -> list[float]:
        """Returns a trial's constraints, always in the same order; none where some are missing."""
        found = {str(k): each for k, each in enumerate(attrs.get("constraints") or [])}
        prefix = "constraints:"
        found.update({key[len(prefix) :]: each for key, each in attrs.items() if key.startswith(prefix)})
        self._constraints.update(dict.fromkeys(found))
        return [found[key] for key in self._constraints] if len(found) == len(self._constraints) else []


class _Ended(Exception):
    fix: str | None = None


class _Process:
    """A running `hpo sampler`."""

    def __init__(self, command: Sequence[str], timeout: float) -> None:
        self._timeout = timeout
        self._words = [*command, "sampler"]
        self._owner = os.getpid()
        self._errors = tempfile.TemporaryFile()
        self._buffer = b""
        self._ids = itertools.count(1)
        self.answers = 0
        try:
            # A session of its own: Ctrl-C is for this program, which may continue.
            self._child = subprocess.Popen(
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            message = f"expected a program that starts, got {error.strerror}: {command[0]}"
            raise HpoSamplerError("sampler.not-started", message, INSTALL) from None
        assert self._child.stdin is not None and self._child.stdout is not None
        os.set_blocking(self._child.stdin.fileno(), False)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        number = next(self._ids)
        deadline = time.monotonic() + self._timeout
        try:
            self._write(json.dumps({"id": number, **request}).encode() + b"\n", deadline)
            line = self._read(deadline)
        except (BrokenPipeError, ConnectionResetError):
            raise self._ended() from None
        answer = _parsed(line)
        if not isinstance(answer, dict) or answer.get("id") != number:
            raise _bad_answer(f"an answer with the id {number}", line.decode(errors="replace"))
        self.answers += 1
        error = answer.get("error")
        if isinstance(error, dict):
            code, message = str(error.get("code")), str(error.get("message"))
            raise HpoSamplerError(code, message, error.get("fix"))
        return answer

    def close(self) -> None:
        """Ends the process: it reads that its input has closed."""
        if self._owner != os.getpid():
            return
        self._drop()
        try:
            self._child.wait(timeout=2)
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
            raise HpoSamplerError("sampler.timeout", message, "HpoSampler(timeout=...)")

    def _ended(self) -> _Ended:
        try:
            code: Any = self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = "unknown"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - 2000))
        said = self._errors.read().decode(errors="replace").strip()
        ended = _Ended(f"{shlex.join(self._words)} ended with exit code {code}: {said or 'it said nothing'}")
        if self.answers == 0:
            is_node_missing = shutil.which("node") is None
            ended.fix = "install Node.js 20 or newer, so that `node` is in PATH" if is_node_missing else INSTALL
        return ended


def _find_command() -> list[str]:
    named = os.environ.get("HPO_COMMAND")
    if named:
        return shlex.split(named)
    found = shutil.which("hpo")
    if found is not None:
        return [found]
    for folder in (Path.cwd(), *Path.cwd().parents):
        local = folder / "node_modules" / ".bin" / "hpo"
        if local.exists():
            return [str(local)]
    message = "expected the program hpo in PATH or in node_modules/.bin, found none"
    raise HpoSamplerError("sampler.not-found", message, INSTALL)


def _trials_of(study: Study) -> list[FrozenTrial]:
    # Not study.get_trials: under Hyperband it leaves out the trials of other brackets.
    return study._storage.get_all_trials(study._study_id, deepcopy=False)


def _sendable(name: str, distribution: BaseDistribution) -> dict[str, Any] | None:
    """Returns a parameter as it is sent; None for one that hpo cannot search."""
    if name == "__proto__":
        return None
    if isinstance(distribution, CategoricalDistribution):
        return {"name": name, "distribution": {"kind": "categorical", "choices": _choices(distribution)}}
    if not isinstance(distribution, (FloatDistribution, IntDistribution)):
        return None
    is_int = isinstance(distribution, IntDistribution)
    low, high = distribution.low, distribution.high
    width = high - low
    if not math.isfinite(width) or (is_int and max(abs(low), abs(high), width) > LARGEST_INT):
        return None
    kind = "int" if is_int else "float"
    return {
        "name": name,
        "distribution": {
            "kind": kind,
            "low": low,
            "high": high,
            "log": distribution.log,
            "step": distribution.step,
        },
    }


def _choices(distribution: CategoricalDistribution) -> list[Any]:
    """Returns the choices; names for them where JSON has no such values, or not as many different ones."""

    def is_plain(choice: Any) -> bool:
        if choice is None or isinstance(choice, (bool, str)):
            return True
        return isinstance(choice, (int, float)) and abs(choice) <= LARGEST_INT

    choices = distribution.choices
    if all(is_plain(choice) for choice in choices):
        numbers = [
            float(each) + 0.0 if isinstance(each, (int, float)) and not isinstance(each, bool) else each
            for each in choices
        ]
        if len({json.dumps(each) for each in numbers}) == len(choices):
            return numbers
    return [f"choice {k}" for k in range(len(choices))]


def _widened(before: BaseDistribution, now: BaseDistribution) -> BaseDistribution:
    """Returns a distribution that holds the values of both where their steps allow it, else the newer one."""
    if type(before) is not type(now) or not isinstance(before, (FloatDistribution, IntDistribution)):
        return before
    assert isinstance(now, (FloatDistribution, IntDistribution))
    if before.step != now.step or before.step not in (None, 1) or before.log != now.log:
        return before if before == now else now
    if before.low <= now.low and before.high >= now.high:
        return before
    low, high = min(before.low, now.low), max(before.high, now.high)
    return type(before)(low, high, before.log, before.step)  # type: ignore[arg-type]


def _external(distribution: BaseDistribution, number: Any) -> Any:
    try:
        return distribution.to_external_repr(number)
    except (IndexError, TypeError, ValueError):
        raise _bad_answer(f"a value of {distribution}", repr(number)) from None


def _fields(answer: dict[str, Any], *names: str) -> list[Any]:
    for name in names:
        kind = (int, float) if name == "value" else dict
        if not isinstance(answer.get(name), kind):
            raise _bad_answer(f"an answer with {name}", json.dumps(answer))
    return [answer[name] for name in names]


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _bad_answer(expected: str, got: str) -> HpoSamplerError:
    fix = "install hpo and hpo_sampler.py in versions that belong together"
    return HpoSamplerError("sampler.bad-answer", f"expected {expected} from hpo, got {got[:200]}", fix)


def _json_number(number: float) -> float | str:
    """Returns a number; as text where JSON has none."""
    number = float(number)
    if math.isnan(number):
        return "NaN"
    return number if math.isfinite(number) else ("Infinity" if number > 0 else "-Infinity")
