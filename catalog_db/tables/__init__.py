"""The schema, as SQLAlchemy metadata: the comments here are the data dictionary."""

from catalog_db.tables import engines, evidence, formats, hardware, models, releases, systems
from catalog_db.tables.base import metadata

__all__ = ["engines", "evidence", "formats", "hardware", "metadata", "models", "releases", "systems"]
