"""`allot init`: a study from the files' own columns. Every guess says why; the rest is asked."""
