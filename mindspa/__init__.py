"""Mind Spa Outcomes: outcome tracking for clinics that give IV ketamine infusions."""

__version__ = "0.1.0"
