"""Join the portal's own stylesheets into static/css/site.css, the one file pages load.

Run it after a change under static/css/: `python3 assets/bundle.py`. It needs nothing but
Python; tests/portal/test_components.py fails while the committed bundle is out of date.
"""

import re
from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
# Later files win over earlier ones of the same weight: narrow and print come last.
ORDER = [
    *("base", "frame", "rhythm", "actions", "state", "facts", "find", "tables", "figures", "timeline"),
    *("forms", "match", "casework", "ladder", "composer", "styleguide", "record", "narrow", "print"),
]


def bundle() -> str:
    """tokens.css, then components/*.css in ORDER, without comments and indentation."""
    found = {path.stem for path in (CSS / "components").glob("*.css")}
    if found != set(ORDER):
        raise SystemExit(f"ORDER and static/css/components differ: {sorted(found ^ set(ORDER))}")
    sources = [CSS / "tokens.css", *(CSS / "components" / f"{name}.css" for name in ORDER)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return "/* Made by assets/bundle.py from tokens.css and components/. */\n" + "\n".join(
        line for line in lines if line
    )


if __name__ == "__main__":
    (CSS / "site.css").write_text(bundle() + "\n", encoding="utf-8")
