"""A reader of Freshet's model log, written from schemas/MODEL-LOG.md alone."""
