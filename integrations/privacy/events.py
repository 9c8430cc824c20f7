"""What is said of consents."""

#: Messages and their values.
TELLS = {
    "privacy.withdrawn": "titles kept rows title", "privacy.not_consented": "title", "privacy.given": "title asks",
}  # fmt: skip
