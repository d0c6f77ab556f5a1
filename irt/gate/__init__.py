"""The gate: every change to the trial is an act, and every act passes here once."""
