"""A made-up Bergen for the demo and for tests: synthetic people, whose days drive the same commands that users give."""
