"""What people answer by text message or WhatsApp."""
