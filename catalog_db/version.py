"""The version, in one place; imports nothing."""

__version__ = "0.2.0"
