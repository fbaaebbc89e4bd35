"""Two functions of pymoo, which HEBO searches its acquisition functions with, with the same results in a fraction of the time.

pymoo's own are loops of Python over all pairs, more than half of the time of a search; its compiled ones are not in what PyPI has for
this version. Run as a program with HEBO's Python, it compares both on random populations.
"""

import numpy


def sort_non_dominated(F, **kwargs):
    """Returns the fronts of pymoo's `fast_non_dominated_sort`, each in the same order."""
    smaller, larger = (numpy.zeros((len(F), len(F)), dtype=bool) for _ in range(2))
    for values in F.T:
        smaller |= values[:, None] < values
        larger |= values[:, None] > values
    dominates = smaller & ~larger
    dominators = dominates.sum(axis=0)
    if len(dominators) == 0:
        return []
    ranked = numpy.zeros(len(dominators), dtype=bool)
    fronts = []
    front = numpy.flatnonzero(dominators == 0)
    while True:
        fronts.append(front.tolist())
        ranked[front] = True
        if ranked.all():
            return fronts
        theirs = dominates[front]
        dominators = dominators - theirs.sum(axis=0)
        following = numpy.flatnonzero((dominators == 0) & ~ranked)
        # pymoo adds one when it comes to the last of those that dominate it.
        last = len(front) - 1 - numpy.argmax(theirs[::-1, following], axis=0)
        front = following[numpy.lexsort((following, last))]


def mark_duplicates(pop, other, is_duplicate):
    """Marks what pymoo's `MixedVariableDuplicateElimination` marks: who equals one of the others, or else one that follows."""
    names = list(pop[0].X) if len(pop) > 0 else []

    def values(one):
        return tuple(one.X[name] for name in names)

    known = set() if other is None else {values(one) for one in other}
    for at in reversed(range(len(pop))):
        own = values(pop[at])
        if own in known:
            is_duplicate[at] = True
        if other is None:
            known.add(own)
    return is_duplicate


def use():
    """Has pymoo use them from now on."""
    from pymoo.core.mixed import MixedVariableDuplicateElimination
    from pymoo.util.nds import fast_non_dominated_sort

    fast_non_dominated_sort.fast_non_dominated_sort = sort_non_dominated
    MixedVariableDuplicateElimination._do = lambda _, pop, other, is_duplicate: mark_duplicates(pop, other, is_duplicate)


def compare():
    """Raises an AssertionError where a result differs from pymoo's own."""
    from pymoo.core.duplicate import ElementwiseDuplicateElimination
    from pymoo.core.individual import Individual
    from pymoo.core.mixed import MixedVariableDuplicateElimination
    from pymoo.util.nds.fast_non_dominated_sort import fast_non_dominated_sort

    rng = numpy.random.default_rng(0)
    eliminate = MixedVariableDuplicateElimination()

    def population(count):
        levels = rng.integers(0, 4, (count, 2))
        return [Individual(X={"a": float(a), "b": "xyzw"[b]}) for a, b in levels]

    for case in range(300):
        shape = (rng.integers(0, 120), rng.integers(1, 4))
        # Whole numbers have ties.
        F = rng.integers(0, 20, shape).astype(float) if case % 2 else rng.normal(size=shape)
        assert sort_non_dominated(F) == fast_non_dominated_sort(F), F
        pop = population(rng.integers(0, 40))
        for other in (None, population(rng.integers(0, 9))):
            own, theirs = (numpy.zeros(len(pop), dtype=bool) for _ in range(2))
            mark_duplicates(pop, other, own)
            ElementwiseDuplicateElimination._do(eliminate, pop, other, theirs)
            assert (own == theirs).all(), pop
    print("equal on 300 populations")


if __name__ == "__main__":
    compare()
