"""The working pages, by topic; each names its template and its presenter."""
