"""The person: screening, consent, baseline, visits."""
