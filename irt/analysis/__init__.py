"""What the trial's data say: methods on given arrays, which need no database, no web and no list of this trial."""
