"""The pictures: each is declared once, and drawn for a page and for print with its table, its sentence and its mirror."""

from marsad.web.charts.picture import Figure, Picture, Table
from marsad.web.charts.values import Band, Channel, Interval

__all__ = ["Band", "Channel", "Figure", "Interval", "Picture", "Table"]
