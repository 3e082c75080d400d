"""The order of events as state: who teaches the network that reads it, what it is worth, how it is kept."""

from models.encoder.store import load_encoder, save_encoder
from models.encoder.teach import Taught, teach_encoder, units_of

__all__ = ["Taught", "load_encoder", "save_encoder", "teach_encoder", "units_of"]
