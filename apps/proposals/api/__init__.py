"""The API of proposals: endpoints, serializers and where they answer, one file a subject."""
