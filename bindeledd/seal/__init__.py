"""People's data at rest: data keys per stream, sealing, the keyring, the blind index, shredding."""
