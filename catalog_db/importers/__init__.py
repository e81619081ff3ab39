"""Importers: what other tools publish about a model (config.json), turned into rows of the catalog."""
