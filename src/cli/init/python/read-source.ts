/**
 * A program that reads a Python file from its first argument without running it, and prints the options that it finds as JSON:
 * those of argparse, click, typer and absl whose definitions are plain, the numbers that the file assigns to names, and the words that
 * it compares with. For scripts that cannot run here.
 */
export const SOURCE_READER = `import ast, json, sys

tree = ast.parse(open(sys.argv[1], encoding="utf-8", errors="replace").read())
options, constants, words, getattrs, given = [], {}, set(), False, None
names = {}


def literal(node):
    try:
        value = ast.literal_eval(node)
    except Exception:
        return names.get(node.id) if isinstance(node, ast.Name) else None
    return value if isinstance(value, (str, bool, int, float, list, tuple)) else None


def called(node):
    while isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def literal_pairs(node):
    pairs = zip(node.keys, node.values) if isinstance(node, ast.Dict) else []
    return {literal(k): literal(v) for k, v in pairs if k is not None and isinstance(literal(k), str)}


def word(node):
    return called(node) if node is not None else None


def add(name, flags, kind, keywords, default):
    options.append({
        "name": name, "flags": flags, "type": kind, "default": default,
        "choices": listed(keywords.get("choices")), "switch": False, "list": False, "required": False,
        "help": literal(keywords["help"]) if "help" in keywords else "",
    })
    return options[-1]


def listed(node):
    value = literal(node) if node is not None else None
    return list(value) if isinstance(value, (list, tuple)) else None


def flags_of(call):
    return [value for value in map(literal, call.args) if isinstance(value, str)]


for node in ast.walk(tree):
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 30:
        words.add(node.value)
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        value = literal(node.value)
        if value is not None:
            names[node.targets[0].id] = value
for node in tree.body:
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        goal = node.targets[0] if isinstance(node, ast.Assign) else node.target
        value = literal(node.value) if node.value is not None else None
        if isinstance(goal, ast.Name) and isinstance(value, (int, float, str)) and not isinstance(value, bool):
            constants[goal.id] = value
kind = None
imported = [alias.asname or alias.name for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "hpo" for alias in node.names]
for node in ast.walk(tree):
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        pairs = list(zip(node.args.args[len(node.args.args) - len(node.args.defaults):], node.args.defaults))
        for argument, default in pairs:
            if not (isinstance(default, ast.Call) and called(default.func) == "Option"):
                continue
            kind = "typer"
            given = literal(default.args[0]) if default.args else None
            flags = [f for f in flags_of(default)[0:] if f.startswith("-")]
            made = {k.arg: k.value for k in default.keywords}
            one = add(argument.arg, flags or ["--" + argument.arg.replace("_", "-")], word(argument.annotation), made, given)
            one["switch"] = one["type"] == "bool"
    if not isinstance(node, ast.Call):
        continue
    name = called(node.func)
    keywords = {k.arg: k.value for k in node.keywords if k.arg}
    default = literal(keywords["default"]) if "default" in keywords else None
    if name == "add_argument" and flags_of(node) and flags_of(node)[0].startswith("-"):
        kind = "argparse"
        flags = flags_of(node)
        long = next((f for f in flags if f.startswith("--")), flags[0])
        dest = literal(keywords["dest"]) if "dest" in keywords else long.lstrip("-").replace("-", "_")
        one = add(dest, flags, word(keywords.get("type")), keywords, default)
        action = literal(keywords["action"]) if "action" in keywords else None
        one["switch"] = action in ("store_true", "store_false", "count") or "BooleanOptionalAction" in str(word(keywords.get("action")))
        one["list"] = "nargs" in keywords or action == "append"
        one["required"] = bool(literal(keywords.get("required"))) if "required" in keywords else False
    elif name == "option" and flags_of(node) and flags_of(node)[0].startswith("-"):
        kind = "click"
        flags = flags_of(node)
        long = next((f for f in flags if f.startswith("--")), flags[0]).split("/")[0]
        written = keywords.get("type")
        one = add(long.lstrip("-").replace("-", "_"), [long], word(written), keywords, default)
        one["switch"] = "/" in "".join(flags) or bool(literal(keywords.get("is_flag")) if "is_flag" in keywords else False)
        one["list"] = "multiple" in keywords or "nargs" in keywords
        if isinstance(written, ast.Call) and called(written.func) == "Choice" and written.args:
            one["choices"] = listed(written.args[0])
            one["type"] = "choice"
    elif name.startswith("DEFINE_") and len(node.args) >= 2:
        kind = "absl"
        flag = literal(node.args[0])
        if isinstance(flag, str):
            one = add(flag, ["--" + flag], name[7:], keywords, literal(node.args[1]))
            one["switch"] = name in ("DEFINE_bool", "DEFINE_boolean")
            one["list"] = "list" in name or "multi" in name
            if name == "DEFINE_enum" and len(node.args) >= 3:
                one["choices"] = listed(node.args[2])
    elif name == "run" and (called(getattr(node.func, "value", None)) == "hpo" or isinstance(node.func, ast.Name) and "run" in imported):
        given = {**(literal_pairs(node.args[0]) if node.args else {}), **{k: literal(v) for k, v in keywords.items()}}
    elif name == "getattr" and node.args and called(node.args[0]) in ("optim", "optimizers"):
        getattrs = True
    elif name == "main" and isinstance(node.func, ast.Attribute) and called(node.func.value) == "hydra":
        kind = "hydra"
        options_of_hydra = {k: literal(v) for k, v in keywords.items()}
        print(json.dumps({"kind": kind, "options": [], "commands": {}, "folder": options_of_hydra.get("config_path"),
                          "config": options_of_hydra.get("config_name"), "constants": {}, "words": sorted(words), "getattr": getattrs}))
        sys.exit()
print(json.dumps({"kind": kind, "options": options, "commands": {}, "constants": constants, "words": sorted(words),
                  "getattr": getattrs, "given": given}, default=str))
`;
