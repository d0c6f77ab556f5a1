"""The printing room: frozen values go in, the bytes of a PDF, a CSV or a calendar file come out.

It imports nothing of irt, asks no database and reads no clock: equal input gives equal bytes.
"""
