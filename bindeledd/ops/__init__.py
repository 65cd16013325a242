"""What an operator looks at: metrics, health, logs, and the tools that verify and repair."""
