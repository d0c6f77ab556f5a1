"""The package that the release hands over: one ZIP, written from `Opened`, verified offline, read back as `Opened`.

The rooms: `writing` and what it puts in (tables, dictionary, certificate, readme, sdtm, adam, odm), `reading` with
`verify_package`, `encryption`. The heavy libraries are imported here and in the analysis alone.
"""
