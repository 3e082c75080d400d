"""Files for machines and spreadsheets: the same figures as the report, exact where a format allows it."""
