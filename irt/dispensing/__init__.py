"""From a visit to a kit in a participant's hand."""
