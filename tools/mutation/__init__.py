"""Right answers made wrong, and made unusual, by rules: what a check must refuse and accept."""
