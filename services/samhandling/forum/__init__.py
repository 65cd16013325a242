"""What forums are given, decide and are reported, and the patterns that raise themselves."""
