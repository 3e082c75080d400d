"""Today's delivery, which every plan is compared with."""

from models.policies.known.known_policy import KnownPolicy
from models.policies.rules import Logged

LOGGED = KnownPolicy(
    name="logged",
    label="Today’s delivery",
    text="Today's delivery, unchanged.",
    make=lambda _: (Logged(),),
)
