"""The one public door for machines: `/api/v1`, its errors, its open data and its webhooks."""
