"""What learns and estimates: transitions, evaluation, split, worlds. torch and d3rlpy live here only."""
