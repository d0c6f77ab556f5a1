"""The report of the final analysis: HTML and PDF, English or Simplified Chinese, from results alone."""
