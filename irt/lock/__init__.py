"""From the last open question to the one exit: checklist, lock, blind review, release, the package handed over."""
