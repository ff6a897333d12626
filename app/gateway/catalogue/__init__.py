"""The catalogue of models in this service: kept in tables, corrected by discovery."""
