"""What can go wrong, with the exit code that the command line documents."""


class MlsysdbError(Exception):
    """A problem that a user can understand and mend; its text is shown as it is."""

    exit_code = 2


class UsageError(MlsysdbError):
    """Wrong usage: an unknown or ambiguous name, a bad value, a bad row, SQL with an error."""

    exit_code = 2


class DatabaseError(MlsysdbError):
    """The database cannot be used: missing, locked, damaged, or made by a newer version."""

    exit_code = 3
