"""ansvarsgruppe: consents, koordinator and the group around a person."""
