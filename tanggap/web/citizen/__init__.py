"""The citizen's pages: report, follow, say whether it is done."""
