"""The behaviour clone: the model of today's delivery, which tells how much of a gain is the model's."""

from models.policies.known.known_policy import KnownPolicy

CLONE = KnownPolicy(
    name="behaviour clone",
    label="A model of today’s delivery",
    text="The model of today's delivery, delivering on its own.",
    make=lambda situation: () if situation.clone is None else (situation.clone,),
)
