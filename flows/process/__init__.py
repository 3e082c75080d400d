"""The process a night runs in: environment, lock, server, progress."""
