"""An IRT (interactive response technology) service for one masked trial. The plan is in docs/ARCHITECTURE.md."""

__version__ = "0.1.0"
