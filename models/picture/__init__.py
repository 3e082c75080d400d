"""What the report's pages draw beside the verdict: from estimates that are there, nothing decided here."""
