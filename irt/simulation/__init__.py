"""A whole trial lived through the real acts with a simulated clock."""
