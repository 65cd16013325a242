"""The pure heart of the bus: envelope, decider, sealed values, time, ids, errors. No I/O."""
