"""The walkthrough with the `awsemu` command."""

import os

from checks import main
from command import Command

main(lambda base: Command(os.environ["AWSEMU_PROGRAM"], base))
