"""The monthly report on paper and on a screen: one document, laid out twice."""
