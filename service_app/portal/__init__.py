"""The customer's pages: report from the QR code, follow, decide."""
