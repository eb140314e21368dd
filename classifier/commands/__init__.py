"""The commands of ``winnow``, one a file; they translate between options and the library, nothing more."""
