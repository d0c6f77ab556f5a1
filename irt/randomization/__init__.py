"""From a list's design to a participant's randomization."""
