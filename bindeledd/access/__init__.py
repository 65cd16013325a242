"""Who is asking, for which party, on which ground, and what they saw."""
