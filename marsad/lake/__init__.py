"""The lake: tables of evidence in and out; the only room that knows pyarrow."""
