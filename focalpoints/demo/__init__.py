from focalpoints.demo import directory, groups, learning, meetings, newsletter


def load_demo() -> str:
    """Load this app's part of the demonstration. Runs again without harm."""
    counts = {
        "focal points": directory.load(),
        "readers and issues of the newsletter": newsletter.load(),
        "meetings and action points": meetings.load(),
        "library items": learning.load(),
        "groups": groups.load(),
    }
    return "focalpoints: " + ", ".join(f"{count} {what}" for what, count in counts.items())
