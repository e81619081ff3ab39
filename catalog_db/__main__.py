"""`python -m catalog_db` is the command line."""

from catalog_db.cli import run

run()
