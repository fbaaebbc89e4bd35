"""Builds the wheel of hpo_sampler.py without any other package, so that `pip install` of this folder needs no network."""

import base64
import hashlib
import re
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
MODULE = "hpo_sampler"
OPTUNA = "optuna>=4.1"


def _version():
    found = re.search(r'^__version__ = "(.+)"$', (HERE / f"{MODULE}.py").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def _metadata():
    head = {
        "Metadata-Version": "2.1",
        "Name": "hpo-sampler",
        "Version": _version(),
        "Summary": "The samplers of hpo for studies of Optuna",
        "License": "MIT",
        "Requires-Python": ">=3.9",
        "Requires-Dist": OPTUNA,
    }
    return "".join(f"{name}: {value}\n" for name, value in head.items())


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    info = f"{MODULE}-{_version()}.dist-info"
    files = {
        f"{MODULE}.py": (HERE / f"{MODULE}.py").read_bytes(),
        f"{info}/METADATA": _metadata().encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: hpo\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    wheel = f"{MODULE}-{_version()}-py3-none-any.whl"
    with zipfile.ZipFile(Path(wheel_directory) / wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


def build_sdist(sdist_directory, config_settings=None):
    base = f"{MODULE}-{_version()}"
    with tarfile.open(Path(sdist_directory) / f"{base}.tar.gz", "w:gz") as archive:
        for name in (f"{MODULE}.py", "build_backend.py", "pyproject.toml"):
            archive.add(HERE / name, f"{base}/{name}")
    return f"{base}.tar.gz"
