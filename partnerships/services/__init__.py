"""What people do with companies and records. Other apps import these names from here."""

from partnerships.services.companies import save_company
from partnerships.services.partnerships import hold_partnerships

__all__ = ["hold_partnerships", "save_company"]
