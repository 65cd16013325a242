"""The services: each owns its streams and decides alone."""
