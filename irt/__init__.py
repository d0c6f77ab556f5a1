"""An IRT (interactive response technology) service for one masked trial. The plan is in docs/ARCHITECTURE.md."""
