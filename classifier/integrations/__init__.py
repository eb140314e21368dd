"""One short file for each neighbour's convention."""
