"""What every test run shares: the PostgreSQL fixtures, Hypothesis, and the documents that are run.

It lies at the top because pytest applies a collecting hook only to files beside or below its
conftest, and README.md and docs/ are run too.
"""

from pathlib import Path

from hypothesis import HealthCheck, settings

from tests.documents import documents

pytest_plugins = ["tests.postgres"]

settings.register_profile(
    "default",
    deadline=None,  # no test is about the speed of the machine it runs on
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=2_000)
settings.register_profile(
    "mutation", settings.get_profile("default"), derandomize=True, database=None, max_examples=20
)
settings.load_profile("default")

pytest_collect_file = documents(Path(__file__).parent).pytest()
