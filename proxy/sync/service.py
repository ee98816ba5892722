"""Builds all that flows need, from the settings, and closes it."""

from proxy.metrics import Metrics
from proxy.sync.akeneo.reads import PimReads
from proxy.sync.akeneo.writes import PimWrites
from proxy.sync.leases import Leases
from proxy.sync.running import Runner
from proxy.sync.settings.settings import SyncConfiguration
from proxy.sync.state.state import State


class Service:
    """`async with Service(settings, Metrics()) as service:`; a flow takes it whole, or the parts that it needs."""

    settings: SyncConfiguration
    metrics: Metrics
    state: State
    leases: Leases
    runner: Runner
    reads: PimReads
    writes: PimWrites
