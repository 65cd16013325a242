"""What the four services share and own together: grounds, dated rules, parties and routing."""
