"""The SIP edge: Kamailio and rtpengine, their configuration made from templates, run as plain processes."""
