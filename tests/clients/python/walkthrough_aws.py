"""The walkthrough with the `aws` command."""

import os

from checks import main
from command import Command

main(lambda base: Command(os.environ["AWS_PROGRAM"], base))
