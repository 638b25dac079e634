"""One module per measured comparison; `variables` is a package."""
