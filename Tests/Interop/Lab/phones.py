# SPDX-License-Identifier: Apache-2.0
"""The phones of the laboratory by their names."""
from baresip import Baresip
from linphone import Linphone
from pjsua import Pjsua

KINDS = {each.kind: each for each in (Baresip, Linphone, Pjsua)}
