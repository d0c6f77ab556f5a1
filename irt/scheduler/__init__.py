"""The door for time: one process leads, and runs each job at each of its due times once."""

from irt.scheduler.heartbeat import beat, expected, simulate
from irt.scheduler.leader import leader_of
from irt.scheduler.loop import Loop

__all__ = ["Loop", "beat", "expected", "leader_of", "simulate"]
