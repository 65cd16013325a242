"""Watches the topics of an installation, and states alarms and figures – never facts: it writes nothing anywhere.

Nothing but the process that runs it imports this package, and nothing but this package imports Faust (ADR 0016).
"""
