"""Whether a figure keeps within its bar, in one line of print."""

import math


def bar(label: str, figure: float, *, at_most: float = math.inf, at_least: float = -math.inf) -> None:
    word = "held" if at_least <= figure <= at_most else "missed"
    wanted = f"at most {at_most:,g}" if at_least == -math.inf else f"at least {at_least:,g}"
    print(f"  {word:6} {label}: {figure:,.4g}, {wanted}")
