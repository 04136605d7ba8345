"""Days in words, in one form on all pages."""

from datetime import date


def day_text(day: date, today: date) -> str:
    """Return a day: near ones by name, others by their date, and how far ahead they are."""
    away = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(away)
    year = f" {day.year}" if day.year != today.year else ""
    ahead = f", in {away} days" if away > 0 else ""
    return near or f"on {day:%a} {day.day} {day:%b}{year}{ahead}"
