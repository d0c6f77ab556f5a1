"""`python -m irt …`, the same as `irt …`."""

from irt.cli import main

if __name__ == "__main__":
    main()
