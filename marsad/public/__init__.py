"""The public pages: what is published of the nation's services, to everybody alike."""
