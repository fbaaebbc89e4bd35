"""What Python's side of a bench does with the parameters of a space: which are active, and how a trial suggests them."""


def active(spec, params):
    """Returns whether a parameter is active under the values of those before it."""
    return all(params.get(name) in wanted_values(wanted) for name, wanted in (spec.get("when") or {}).items())


def wanted_values(wanted):
    return wanted if isinstance(wanted, list) else [wanted]


def suggest(trial, spec):
    """Returns the value that a trial of Optuna or of Rustuna suggests."""
    d = spec["distribution"]
    if d["kind"] == "categorical":
        return trial.suggest_categorical(spec["name"], d["choices"])
    ask = trial.suggest_float if d["kind"] == "float" else trial.suggest_int
    return ask(spec["name"], d["low"], d["high"], **({"log": True} if d["log"] else {"step": d["step"]}))


def suggest_all(trial, specs):
    """Returns the values of the active parameters of a trial."""
    params = {}
    for spec in specs:
        if active(spec, params):
            params[spec["name"]] = suggest(trial, spec)
    return params


def stepped(d):
    """Returns whether a distribution has other steps than 1."""
    return d["kind"] != "categorical" and d["step"] is not None and not (d["kind"] == "int" and d["step"] == 1)


def lattice(d):
    """Returns the values of a distribution with steps."""
    return [d["low"] + k * d["step"] for k in range(round((d["high"] - d["low"]) / d["step"]) + 1)]


def config_space(specs, seed):
    """Returns the space for ConfigSpace, and a function from its configurations to the active parameters."""
    from ConfigSpace import Categorical, ConfigurationSpace, Float, InCondition, Integer

    space = ConfigurationSpace(seed=seed)
    decoders = {}
    choices = {}
    for spec in specs:
        name, d = spec["name"], spec["distribution"]
        if d["kind"] == "categorical":
            # By position, because choices may be numbers, booleans or null.
            space.add(Categorical(name, [str(k) for k in range(len(d["choices"]))]))
            decoders[name] = lambda v, d=d: d["choices"][int(v)]
            choices[name] = d["choices"]
        elif stepped(d):
            values = lattice(d)
            space.add(Integer(name, (0, len(values) - 1)))
            decoders[name] = lambda v, values=values: values[int(v)]
        elif d["kind"] == "int":
            space.add(Integer(name, (d["low"], d["high"]), log=d["log"]))
            decoders[name] = int
        else:
            space.add(Float(name, (d["low"], d["high"]), log=d["log"]))
            decoders[name] = float
        # Only for a parameter that one choice activates.
        for parent, wanted in (spec.get("when") or {}).items():
            values = [str(choices[parent].index(value)) for value in wanted_values(wanted)]
            space.add(InCondition(space[name], space[parent], values))
    return space, lambda config: {name: decode(config[name]) for name, decode in decoders.items() if name in config}
