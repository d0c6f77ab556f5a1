"""The report's drawings: each a pure function of numbers and words that answers with an SVG."""
