"""A serious incident, and its way to Melde.no."""
