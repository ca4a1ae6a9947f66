"""Reference values of the calibration metrics, from an independent implementation: the Python package lir.

    pip install lir==1.3.1 && python reference.py > lir.json

The ratios are made by a small generator without any library, so that they are the same everywhere; ties are wanted.
"""

import json

import lir
import numpy as np
from lir.data.models import LLRData
from lir.metrics import cllr, cllr_min
from lir.plotting.expected_calibration_error import calculate_ece


def ratios(seed, count, shift, step):
    """`count` log10 ratios around `shift`, in multiples of `step`."""
    out = []
    for _ in range(count):
        total = 0
        for _ in range(6):
            seed = (seed * 1103515245 + 12345) % 2**31
            total += seed / 2**31
        out.append(round((total - 3.0 + shift) / step) * step)
    return out


def case(name, same, different):
    llrs = np.array(same + different)  # lir counts in log10 as well
    labels = np.array([1] * len(same) + [0] * len(different))
    data = LLRData(features=llrs.reshape(-1, 1), labels=labels)
    odds = [-2.0, -1.0, 0.0, 0.5, 2.0]
    priors = np.array([10**o / (1 + 10**o) for o in odds])
    lrs = 10 ** np.array(same + different)
    return {
        "name": name,
        "same": same,
        "different": different,
        "cllr": cllr(data),
        "cllr_min": cllr_min(data),
        "ece": [[o, float(e)] for o, e in zip(odds, calculate_ece(lrs, labels, priors))],
    }


if __name__ == "__main__":
    cases = [
        case("apart", ratios(1, 120, 1.5, 0.05), ratios(2, 200, -1.5, 0.05)),
        case("overlapping", ratios(3, 150, 0.4, 0.1), ratios(4, 90, -0.3, 0.1)),
        case("overstated", [x * 4 for x in ratios(5, 80, 0.3, 0.1)], [x * 4 for x in ratios(6, 80, -0.3, 0.1)]),
        case("upside_down", ratios(7, 40, -0.5, 0.25), ratios(8, 60, 0.5, 0.25)),
        case("few", [1.0, 2.0, -0.5], [-1.0, 0.5, 1.0, -2.0]),
        case("nothing", [0.0] * 5, [0.0] * 7),
    ]
    print(json.dumps({"made_with": f"lir {lir.__version__ if hasattr(lir, '__version__') else '1.3.1'}", "cases": cases}, indent=1))
