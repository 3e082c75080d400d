"""The report's pages: each a frozen dataclass made from the night's result, in the order they are read."""
