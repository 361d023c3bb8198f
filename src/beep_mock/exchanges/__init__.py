"""Record what happened: requests that came, the responses they got, and how both are judged."""
