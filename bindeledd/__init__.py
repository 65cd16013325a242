"""The bus: streams, seals, logs and views. Knows nothing about care."""
