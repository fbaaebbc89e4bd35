/**
 * A sitecustomize.py that writes the options of a Python script to the file HPO_RECORD_FILE and ends the process when the
 * script reads its arguments: before it does any work. It knows argparse, click, typer, absl and Hydra.
 */
export const RECORDER = `import importlib.abc, importlib.machinery, json, os, sys

target = os.environ.get("HPO_RECORD_FILE")
here = os.path.dirname(os.path.abspath(__file__))


def plain(value):
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value if value == value else None
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    inner = getattr(value, "value", None)
    return inner if isinstance(inner, (str, int, float)) else str(value)


def finish(record):
    with open(target + ".part", "w") as file:
        json.dump(record, file, default=str)
    os.replace(target + ".part", target)
    os._exit(0)


def listed(values):
    try:
        values = list(values)
    except Exception:
        return None
    return [plain(value) for value in values] if 0 < len(values) <= 1000 else None


def argparse_parser(parser, depth=0):
    import argparse

    options, commands = [], {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            if depth < 3:
                for name, below in action.choices.items():
                    commands.setdefault(name, argparse_parser(below, depth + 1))
            continue
        kind = type(action).__name__
        if kind in ("_HelpAction", "_VersionAction"):
            continue
        default = action.default
        if action.dest in parser._defaults:
            default = parser._defaults[action.dest]
        options.append({
            "name": action.dest,
            "flags": list(action.option_strings),
            "type": getattr(action.type, "__name__", None if action.type is None else str(action.type)),
            "default": None if default is argparse.SUPPRESS else plain(default),
            "choices": None if action.choices is None else listed(action.choices),
            "switch": action.nargs == 0,
            "list": action.nargs not in (None, 0, "?") or kind == "_AppendAction",
            "required": bool(action.required),
            "help": action.help if isinstance(action.help, str) and action.help is not argparse.SUPPRESS else "",
        })
    return {"options": options, "commands": commands}


def patch_argparse():
    import argparse

    original = argparse.ArgumentParser.parse_known_args

    def parse_known_args(self, *args, **kwargs):
        if not is_script():
            # A launcher such as torchrun reads its own arguments first.
            return original(self, *args, **kwargs)
        first = sys._getframe(1).f_code.co_name not in ("parse_args", "parse_intermixed_args")
        if first and reads_twice():
            # The first of two readings takes a configuration file: the second one has all options.
            return original(self, [], *args[1:], **{k: v for k, v in kwargs.items() if k != "args"})
        finish({"kind": "argparse", **argparse_parser(self)})

    argparse.ArgumentParser.parse_known_args = parse_known_args


def is_script():
    wanted = os.environ.get("HPO_RECORD_SCRIPT")
    return not wanted or os.path.basename(sys.argv[0] if sys.argv else "") in (wanted, "__main__.py")


def reads_twice():
    try:
        with open(sys.argv[0], encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return False
    return text.count(".parse_args(") + text.count(".parse_known_args(") > 1


def click_command(command, depth=0):
    options, commands = [], {}
    for param in getattr(command, "params", []):
        if getattr(param, "param_type_name", "option") != "option" or param.name in ("help", "version"):
            if getattr(param, "param_type_name", "") == "argument":
                options.append({"name": param.name, "flags": [], "type": None, "default": plain_default(param),
                                "choices": None, "switch": False, "list": param.nargs != 1,
                                "required": bool(param.required), "help": ""})
            continue
        if param.name in ("install_completion", "show_completion"):
            continue
        kind, choices = getattr(param, "type", None), None
        if kind is None:
            kind, choices = annotated(param)
        low, high = (getattr(kind, end, None) or getattr(param, end, None) for end in ("min", "max"))
        options.append({
            "name": param.name,
            "flags": list(param.opts),
            "type": getattr(kind, "name", None) or getattr(kind, "__name__", None),
            "default": plain_default(param),
            "choices": choices or listed(getattr(kind, "choices", None) or []),
            "min": low if isinstance(low, (int, float)) else None,
            "max": high if isinstance(high, (int, float)) else None,
            "switch": bool(getattr(param, "is_flag", False)) or bool(getattr(param, "count", False)),
            "list": bool(getattr(param, "multiple", False)) or param.nargs != 1,
            "required": bool(param.required),
            "help": getattr(param, "help", None) or "",
        })
    below = getattr(command, "commands", None)
    if isinstance(below, dict) and depth < 3:
        for name, each in below.items():
            commands[name] = click_command(each, depth + 1)
    return {"options": options, "commands": commands}


def annotated(param):
    """Newer releases of typer keep the annotation instead of a type."""
    import enum, typing

    kind = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    inner = [each for each in typing.get_args(kind) if each is not type(None)]
    if typing.get_origin(kind) is typing.Literal:
        return str, listed(inner)
    if len(inner) == 1 and isinstance(inner[0], type):
        kind = inner[0]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return str, [plain(each) for each in kind]
    return kind, None


def plain_default(param):
    default = getattr(param, "default", None)
    if callable(default) or type(default).__name__.lower().startswith(("unset", "sentinel", "_unset")):
        return None
    return plain(default)


def patch_click(module):
    def main(self, *args, **kwargs):
        finish({"kind": "click", **click_command(self)})

    for name in ("BaseCommand", "Command", "MultiCommand", "Group"):
        if name in vars(module):
            found = vars(module)[name]
            if isinstance(found, type) and "main" in vars(found):
                found.main = main


def patch_typer(module):
    def call(self, *args, **kwargs):
        finish({"kind": "typer", **click_command(module.get_command(self))})

    module.Typer.__call__ = call


def patch_absl(module):
    def run(*args, **kwargs):
        from absl import flags

        options = []
        for name, group in flags.FLAGS.flags_by_module_dict().items():
            if name.startswith("absl."):
                continue
            for flag in group:
                parser = flag.parser
                options.append({
                    "name": flag.name,
                    "flags": ["--" + flag.name],
                    "type": flag.flag_type(),
                    "default": plain(flag.default),
                    "choices": listed(getattr(parser, "enum_values", None) or [])
                    or (listed(item.name.lower() for item in parser.enum_class) if hasattr(parser, "enum_class") else None),
                    "min": getattr(parser, "lower_bound", None),
                    "max": getattr(parser, "upper_bound", None),
                    "switch": bool(flag.boolean),
                    "list": "list" in str(flag.flag_type()) or "multi" in str(flag.flag_type()),
                    "required": False,
                    "help": flag.help or "",
                })
        finish({"kind": "absl", "options": options, "commands": {}})

    module.run = run


def patch_hydra(module):
    def main(config_path=None, config_name=None, version_base=None):
        def decorate(function):
            def run(*args, **kwargs):
                folder = os.path.dirname(os.path.abspath(function.__code__.co_filename))
                path = None if config_path is None else os.path.normpath(os.path.join(folder, config_path))
                finish({"kind": "hydra", "options": [], "commands": {}, "folder": path, "config": config_name})

            return run

        return decorate

    module.main = main


PATCHES = {
    "click.core": patch_click,
    "typer.main": patch_typer,
    "absl.app": patch_absl,
    "hydra.main": patch_hydra,
}


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, module=None):
        patch = PATCHES.pop(name, None)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            patch(module)

        spec.loader.exec_module = exec_module
        return spec


def run_hidden_sitecustomize():
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
    if spec and spec.loader:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


try:
    import importlib.util

    run_hidden_sitecustomize()
except Exception:
    pass
if target:
    sys.meta_path.insert(0, Finder())
    patch_argparse()
`;
