"""barn_pårørende: the children of those who are ill, and who asks about them."""
