"""From eligibility to a randomization number; and, before any of it, what a design gives away."""
