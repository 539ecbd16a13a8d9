"""What was found: faces, their vectors and spaces, the subjects they are grouped into, videos watched part by part."""
