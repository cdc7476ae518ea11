"""What others make of the same problems: spopt with HiGHS on a p-median file, HiGHS alone on a model that Lilong wrote.

    peers.py spopt FILE SECONDS
    peers.py highs FILE SECONDS

Prints one line {"objective", "gap", "proven", "seconds"}: objective and gap are null where no answer was found. The limit
is the solver's, as its documentation says to set it; the seconds count building the model too. Whoever has not begun to
solve after twice the limit is ended.
"""

import json
import signal
import sys
import time

STARTED = time.perf_counter()


def say(objective=None, gap=None, proven=False):
    seconds = time.perf_counter() - STARTED
    # What HiGHS solves before it searches has a gap that is no number, which JSON cannot say.
    gap = 0.0 if proven else gap
    print(json.dumps({"objective": objective, "gap": gap, "proven": proven, "seconds": seconds}), flush=True)


def too_long(*_):
    say()
    sys.exit(0)


def distances(file):
    """The all-pairs shortest paths and p of an OR-Library pmed file, where the last of repeated edges counts."""
    import numpy
    from scipy.sparse.csgraph import floyd_warshall

    with open(file, encoding="ascii") as text:
        nodes, edges, p, *numbers = (int(word) for word in text.read().split())
    lengths = numpy.full((nodes, nodes), numpy.inf)
    for at in range(0, 3 * edges, 3):
        one, other, length = numbers[at : at + 3]
        lengths[one - 1, other - 1] = lengths[other - 1, one - 1] = length
    return floyd_warshall(lengths), p


def spopt(file, limit):
    import numpy
    import pulp
    from spopt.locate import PMedian

    between, p = distances(file)
    model = PMedian.from_cost_matrix(between, numpy.ones(len(between)), p_facilities=p)
    model.problem.solve(pulp.HiGHS(msg=False, timeLimit=limit))
    proven = model.problem.sol_status == pulp.LpSolutionOptimal
    say(model.problem.objective.value(), None, proven)


def highs(file, limit):
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", float(limit))
    # A warning means that it read another model than was written.
    if solver.readModel(file) != highspy.HighsStatus.kOk:
        raise SystemExit(f"HiGHS cannot read {file}")
    if not solver.getLp().integrality_:
        raise SystemExit(f"{file} has no whole numbers: HiGHS would solve an easier problem")
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == 2
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    say(info.objective_function_value if found else None, info.mip_gap if found else None, proven)


if __name__ == "__main__":
    _, what, path, seconds = sys.argv
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(2 * int(seconds))
    {"spopt": spopt, "highs": highs}[what](path, int(seconds))
