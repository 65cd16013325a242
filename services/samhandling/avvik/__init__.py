"""An avvik between two units: the case, its drafts, its views, its story told again."""
