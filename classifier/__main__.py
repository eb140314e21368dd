"""``python -m classifier`` is ``winnow``."""

from .cli import main

if __name__ == "__main__":
    main()
