"""How messages take effect: one place (`handle`), and the drivers that bring messages to it."""
