"""The sections of the report, each a function of the book (results, facts and words) that answers with a section."""
