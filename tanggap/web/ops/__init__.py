"""What those who keep the machine running ask it: is it well, and how does it do."""
