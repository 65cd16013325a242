"""Speed and memory, each figure beside a peer's or the raw limit, measured in the same run. `make bench` runs it."""
