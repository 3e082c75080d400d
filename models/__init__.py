"""What learns and estimates: transitions, policies, evaluation, split, worlds. torch and d3rlpy live here only."""
