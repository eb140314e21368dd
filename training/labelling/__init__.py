"""Labels in and out: the formats of labelling tools, checks and counts of a corpus, and what to label next."""
