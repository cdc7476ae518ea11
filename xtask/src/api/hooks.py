"""What Schemathesis is told of values that a schema has no words for."""

import datetime
import uuid

import schemathesis
from hypothesis import strategies as st

# The days that the program takes: `base::Day`. JSON Schema's `date` knows no bounds.
schemathesis.openapi.format(
    "date",
    st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)).map(datetime.date.isoformat),
)



@schemathesis.serializer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def workbook(_context, value):
    """A file goes as it is: Schemathesis knows no workbooks, and draws bytes."""
    drawn = getattr(value, "data", value)
    return drawn if isinstance(drawn, bytes) else str(drawn).encode()


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """A key is fresh, as a program makes it: what is drawn repeats itself, and would be told so and nothing else."""
    drawn = case.headers.get("Idempotency-Key")
    try:
        uuid.UUID(drawn)
    except (AttributeError, TypeError, ValueError):
        return  # Left out, or wrong on purpose.
    case.headers["Idempotency-Key"] = str(uuid.uuid4())
