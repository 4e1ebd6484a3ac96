"""Plausible words and numbers for properties by their name: data, and looking it up.

A name is looked up whole, then by its last word, then by the others: `departureCity` -> `city`.
"""

from __future__ import annotations

from mockserver.text.names import singular, words

_PLACES = ("Paris", "London", "Berlin", "Tokyo", "Madrid")
_PEOPLE = ("Alex Morgan", "Sam Rivera", "Kim Novak")
_DATES = ("2026-06-15", "2026-06-16", "2026-06-17")
_MOMENTS = ("2026-06-15T09:30:00Z", "2026-06-15T10:30:00Z")
_LINKS = ("https://example.com/", "https://example.org/docs")
_IDS = ("a1b2c3d4", "e5f6a7b8", "c9d0e1f2")
_SENTENCES = ("A short example text.", "Another short text.")

_TEXTS: dict[str, tuple[str, ...]] = {
    "action": ("run", "stop"),
    "address": ("12 Rue de Rivoli, Paris", "221B Baker Street, London"),
    "airport": ("CDG", "LHR", "NRT"),
    "answer": ("Yes, that is right.", "No, not yet."),
    "author": _PEOPLE,
    "body": _SENTENCES,
    "branch": ("main", "develop"),
    "brand": ("Acme", "Globex"),
    "category": ("general", "travel", "books"),
    "cidr": ("192.0.2.0/24", "198.51.100.0/24"),
    "city": _PLACES,
    "code": ("print('hello')", "print('bye')"),
    "color": ("blue", "green", "red"),
    "colour": ("blue", "green", "red"),
    "command": ("echo hello", "ls"),
    "comment": _SENTENCES,
    "company": ("Acme", "Globex", "Initech"),
    "content": _SENTENCES,
    "country": ("France", "Japan", "Spain", "Italy"),
    "country_code": ("FR", "JP", "ES", "IT"),
    "cron": ("0 9 * * 1", "30 6 * * *"),
    "currency": ("EUR", "USD", "JPY"),
    "customer": _PEOPLE,
    "date": _DATES,
    "datetime": _MOMENTS,
    "day": ("Monday", "Tuesday", "Wednesday"),
    "department": ("Sales", "Support"),
    "description": _SENTENCES,
    "destination": ("London", "Tokyo", "Rome"),
    "directory": ("/tmp/example", "/tmp/other"),  # noqa: S108 - a plausible path, never opened
    "domain": ("example.com", "example.org"),
    "email": ("alex@example.com", "sam@example.org"),
    "end_date": ("2026-06-20", "2026-06-21"),
    "event": ("meeting", "launch"),
    "explanation": _SENTENCES,
    "expression": ("2 + 3", "4 * 5"),
    "extension": ("txt", "md"),
    "file": ("notes.txt", "report.md"),
    "filename": ("notes.txt", "report.md"),
    "first_name": ("Alex", "Sam", "Kim"),
    "format": ("text", "json"),
    "gender": ("female", "male"),
    "genre": ("jazz", "drama"),
    "hobby": ("reading", "running", "painting"),
    "host": ("example.com", "example.org"),
    "hotel": ("Grand Hotel", "Park Inn"),
    "id": _IDS,
    "ingredient": ("flour", "sugar", "butter"),
    "ip": ("192.0.2.1", "192.0.2.2"),
    "item": ("book", "pen", "lamp"),
    "key": ("key", "other_key"),
    "keyword": ("example", "sample"),
    "label": ("example", "sample"),
    "lang": ("en", "fr"),
    "language": ("English", "French", "German"),
    "last_name": ("Morgan", "Rivera", "Novak"),
    "line": ("A line of text.", "Another line."),
    "link": _LINKS,
    "locale": ("en-GB", "fr-FR"),
    "location": _PLACES,
    "mac": ("02:00:5E:10:00:01", "02:00:5E:10:00:02"),
    "message": ("Hello!", "How are you?"),
    "method": ("GET", "POST"),
    "model": ("standard", "pro"),
    "month": ("June", "July"),
    "movie": ("Metropolis", "Casablanca"),
    "name": _PEOPLE,
    "note": _SENTENCES,
    "operation": ("add", "subtract"),
    "operator": ("+", "-"),
    "order": ("asc", "desc"),
    "origin": ("Paris", "Berlin"),
    "owner": _PEOPLE,
    "password": ("Passw0rd!example", "0ther-Passw0rd!"),
    "path": ("/tmp/example.txt", "/tmp/other.txt"),  # noqa: S108 - a plausible path, never opened
    "person": _PEOPLE,
    "phone": ("+1 202 555 0143", "+44 20 7946 0958"),
    "phone_number": ("+1 202 555 0143", "+44 20 7946 0958"),
    "place": _PLACES,
    "postal_code": ("75001", "10115"),
    "priority": ("medium", "high", "low"),
    "product": ("notebook", "lamp"),
    "prompt": ("A quiet lake at dawn.", "A city at night."),
    "query": ("example query", "another query"),
    "question": ("What is the capital of France?", "How high is Mont Blanc?"),
    "reason": ("It is needed for the next step.", "It was asked for."),
    "recipient": ("sam@example.org", "alex@example.com"),
    "region": ("Europe", "Asia"),
    "repo": ("example/project", "example/site"),
    "repository": ("example/project", "example/site"),
    "role": ("member", "admin"),
    "search": ("example query", "another query"),
    "section": ("introduction", "summary"),
    "sentiment": ("positive", "neutral", "negative"),
    "severity": ("medium", "high", "low"),
    "sku": ("SKU-1001", "SKU-1002"),
    "sql": ("SELECT 1;", "SELECT 2;"),
    "start_date": _DATES,
    "state": ("California", "Texas"),
    "status": ("active", "done"),
    "step": ("First, read the task.", "Then, do it."),
    "street": ("12 Rue de Rivoli", "221B Baker Street"),
    "subject": ("A short subject", "Another subject"),
    "summary": ("A short summary.", "Another summary."),
    "surname": ("Morgan", "Rivera", "Novak"),
    "symbol": ("ACME", "GLBX"),
    "tag": ("example", "sample", "demo"),
    "task": ("Write a summary", "Read the notes"),
    "team": ("Red", "Blue"),
    "text": _SENTENCES,
    "thought": ("This needs one step.", "Then it is done."),
    "ticker": ("ACME", "GLBX"),
    "time": ("09:30", "14:00"),
    "timestamp": _MOMENTS,
    "timezone": ("Europe/Paris", "Europe/London"),
    "title": ("An example title", "Another title"),
    "to": ("sam@example.org", "alex@example.com"),
    "topic": ("science", "history"),
    "type": ("standard", "other"),
    "unit": ("celsius", "fahrenheit"),
    "uri": _LINKS,
    "url": _LINKS,
    "user": ("alex", "sam"),
    "username": ("alex", "sam"),
    "value": ("example", "sample"),
    "version": ("1.0.0", "1.1.0"),
    "website": _LINKS,
    "word": ("example", "sample"),
    "zip": ("75001", "10115"),
    "zip_code": ("75001", "10115"),
    "zipcode": ("75001", "10115"),
}

_NUMBERS: dict[str, float] = {
    "age": 34,
    "amount": 25,
    "confidence": 0.9,
    "cost": 9.99,
    "count": 3,
    "day": 15,
    "days": 3,
    "depth": 2,
    "distance": 12.5,
    "duration": 30,
    "height": 600,
    "hour": 9,
    "humidity": 55,
    "lat": 48.8566,
    "latitude": 48.8566,
    "lng": 2.3522,
    "lon": 2.3522,
    "longitude": 2.3522,
    "limit": 10,
    "max": 10,
    "min": 1,
    "minute": 30,
    "month": 6,
    "offset": 0,
    "page": 1,
    "percent": 50,
    "percentage": 50,
    "port": 8080,
    "price": 9.99,
    "probability": 0.9,
    "quantity": 2,
    "radius": 5,
    "rating": 4.5,
    "result": 5,
    "score": 0.9,
    "second": 30,
    "size": 10,
    "temperature": 21.5,
    "timeout": 30,
    "timestamp": 1781515800,
    "total": 3,
    "weight": 2.5,
    "width": 800,
    "year": 2026,
}


def texts_for(name: str) -> tuple[str, ...]:
    """Plausible texts for a property of this name, never none."""
    for key in _keys(name):
        if key in _TEXTS:
            return _TEXTS[key]
    spoken = " ".join(words(name))
    return (f"example {spoken}" if spoken else "example",)


def numbers_for(name: str) -> tuple[float, ...]:
    """A plausible number for a property of this name, where there is one."""
    return next(((_NUMBERS[key],) for key in _keys(name) if key in _NUMBERS), ())


def item_name(name: str) -> str:
    """The name of one item of a list of this name: `cities` -> `city`."""
    parts = words(name)
    return "_".join([*parts[:-1], singular(parts[-1])]) if parts else name


def _keys(name: str) -> list[str]:
    """The words to look a name up by, best first."""
    parts = words(name)
    singulars = [singular(part) for part in parts]
    return ["_".join(parts), "_".join(singulars), *reversed(singulars)]
