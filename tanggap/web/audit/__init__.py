"""The auditor's pages: who saw or changed what, and whether a timeline is whole."""
