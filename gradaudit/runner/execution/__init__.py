"""Where audited code is executed: imported, called, and kept from leaving anything behind."""
