"""The conduct of the study and of each site: what is open, paused, closed."""
