"""Safety: adverse events and their clocks, the desk for expedited reports, and the emergency code break."""
