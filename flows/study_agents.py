"""Settings of agents that are wrong: (key, what is wrong and what would be right)."""

from typing import Any

from flows.study_errors import show, suggest
from models.agent_settings import ALGORITHM_NAMES, AgentSettings

EXAMPLES = {
    "algorithms": '["dqn", "cql"]',
    "seeds": "[1, 2, 3]",
    "prices": "[1.0, 1.5, 2.0]",
    "softness": "[0.05, 0.1]",
    "hidden_units": "[64, 64]",
}
"""Lists that need an entry."""


def agent_contradictions(agents: AgentSettings) -> list[tuple[str, str]]:
    """Of `agents`, each fine by its kind alone."""
    found = []
    for index, name in enumerate(agents.algorithms, start=1):
        if name not in ALGORITHM_NAMES:
            hint = suggest(name, ALGORITHM_NAMES, f"; there are {', '.join(ALGORITHM_NAMES)}")
            found.append((f"agents.algorithms.{index}", f"no algorithm is called {show(name)}{hint}"))
    found += [
        (f"agents.{key}", f"is empty; write for example {example}.")
        for key, example in EXAMPLES.items()
        if not getattr(agents, key)
    ]
    for key in ("seeds", "prices", "algorithms"):
        values: tuple[Any, ...] = getattr(agents, key)
        if len(set(values)) < len(values):
            found.append((f"agents.{key}", f"{list(values)} names an entry twice; keep one of each."))
    if any(seed < 0 for seed in agents.seeds):
        found.append(("agents.seeds", f"{list(agents.seeds)} has a negative seed; use 0 or more."))
    if any(not 0 <= price <= agents.max_price for price in agents.prices):
        found.append(
            (
                "agents.prices",
                f"{list(agents.prices)} leaves the range [0, max_price = {agents.max_price:g}]; "
                "keep every price inside it.",
            )
        )
    if any(softness <= 0 for softness in agents.softness):
        found.append(
            ("agents.softness", f"{list(agents.softness)}: a temperature is above 0; near 0 is boldest.")
        )
    if any(width < 1 for width in agents.hidden_units):
        found.append(
            ("agents.hidden_units", "every layer needs at least 1 unit; write for example [64, 64].")
        )
    return found
