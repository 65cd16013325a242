"""kriseplan: the crisis plan, part by part, and who has which part of it."""
