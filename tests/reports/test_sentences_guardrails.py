"""Guardrails in words: what each allows, before a night is run."""

import pytest

from reports.sentences.guardrails import allowed


@pytest.mark.parametrize(
    ("worst", "said"),
    [
        (0.1, "Guardrail unsubscribed: it may rise by at most 10 % of today's level; any fall is allowed."),
        (-0.1, "Guardrail unsubscribed: it may fall by at most 10 % of today's level; any rise is allowed."),
        (
            -0.005,
            "Guardrail unsubscribed: it may fall by at most 0.5 % of today's level; any rise is allowed.",
        ),
        (0.0, "Guardrail unsubscribed: it may not fall; any rise is allowed."),
    ],
)
def test_a_guardrail_says_the_way_it_guards(worst: float, said: str) -> None:
    assert allowed("unsubscribed", worst) == said
