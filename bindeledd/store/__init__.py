"""What a service keeps: its log, and what is folded from it. One file per service on the first rung."""
