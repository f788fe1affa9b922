"""Mind Spa Outcomes: outcome tracking for clinics that give IV ketamine infusions."""

__version__ = "0.2.0"
