"""A test at several sites, judged as one: files of sums go round, rows stay where they are."""
