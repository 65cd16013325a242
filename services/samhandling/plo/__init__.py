"""Official Norwegian care messages (PLO 1.5 and 1.6, dialogue 1.0): reading, judging, answering and writing them.

Pure: bytes and plain values in, bytes and plain values out. Knows nothing of the bus.
"""
