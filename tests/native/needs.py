"""Marks of tests that need what is compiled. Without it they skip; where all tests have to run, a skip is a failure."""

import shutil

import pytest

from proxy.native.library import CAN_RESAMPLE, CAN_UNFILTER
from proxy.native.turbojpeg import CAN_READ_PLANES

needs_compiler = pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler")
needs_unfilter = pytest.mark.skipif(not CAN_UNFILTER, reason="proxy/native is not compiled")
needs_resample = pytest.mark.skipif(not CAN_RESAMPLE, reason="proxy/native is not compiled, or there is no AVX2")
needs_turbojpeg = pytest.mark.skipif(not CAN_READ_PLANES, reason="libturbojpeg is not installed")
