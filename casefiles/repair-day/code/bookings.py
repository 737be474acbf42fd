"""Bookings: who comes when, and with what."""

from dataclasses import dataclass

SLOT_MINUTES = 20


@dataclass
class Booking:
    name: str
    thing: str
    slot: int


def free_slots(bookings: list[Booking], helpers: int, slots: int) -> list[int]:
    """The slots in which a helper is still free."""
    taken = [booking.slot for booking in bookings]
    return [slot for slot in range(slots) if taken.count(slot) < helpers]


def book(bookings: list[Booking], booking: Booking, helpers: int, slots: int) -> bool:
    """Add the booking when its slot is free."""
    if booking.slot not in free_slots(bookings, helpers, slots):
        return False
    bookings.append(booking)
    return True


def move(bookings: list[Booking], name: str, slot: int) -> None:
    """Move a booking to another slot. Does not look whether that slot is free."""
    for booking in bookings:
        if booking.name == name:
            bookings.append(Booking(name, booking.thing, slot))
            return


def no_show_rate(booked: int, came: int) -> float:
    """The share of bookings nobody came for."""
    return 0.0 if booked == 0 else (booked - came) / booked
