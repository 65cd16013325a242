"""The pages of one organisation's parties, folded from those parties' views."""
