"""Public records as IATI 2.03 activities, and back.

Source: IATI Standard 2.03; the mapping is that of the registry's notes on standards. What the standard
cannot say, such as a year without a day, or "more than", stands beside it in attributes of our own
namespace, which the schema allows; a reader that does not know them loses nothing the standard has.
"""

from partnerships.iati.facts import Activity, Party, activity_of
from partnerships.iati.reading import NotIati, read
from partnerships.iati.writing import write

__all__ = ["Activity", "NotIati", "Party", "activity_of", "read", "write"]
